/** Imports beside the page: a large file takes a while, and the page goes on. */
import { expose } from 'comlink';
import { ChatDatabase, type User } from '../database';
import { type ImportResult, importFile, type OnProgress } from './import';

async function importFor(
  user: User,
  file: Blob | string,
  freeBytes: number | null,
  onProgress: OnProgress,
): Promise<ImportResult> {
  const db = new ChatDatabase(user);
  try {
    return await importFile(db, file, freeBytes, onProgress);
  } finally {
    db.close();
  }
}

export type ImportFor = typeof importFor;

expose(importFor);
