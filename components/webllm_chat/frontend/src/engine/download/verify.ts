/** Whether a body is the file it should be. */
import { createMD5, createSHA256, createSHA384, createSHA512 } from 'hash-wasm';
import { namedError } from '../errors';
import type { RemoteFile } from './source';

type Algorithm = 'md5' | 'sha256' | 'sha384' | 'sha512';

const HASHES = {
  md5: createMD5,
  sha256: createSHA256,
  sha384: createSHA384,
  sha512: createSHA512,
};
/** Browsers hash these themselves, in a thread of their own; only in a secure context. */
const NATIVE: Partial<Record<Algorithm, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};
/** Bytes hashed at once where the browser does not. */
const STEP = 8 * 1024 * 1024;
const WASM_MAGIC = '0061736d';

/** @throws CorruptFileError or IntegrityError, naming the file. */
export async function verify(file: RemoteFile, body: Blob): Promise<void> {
  if (file.size !== null && !file.sizeIsHint && body.size !== file.size) {
    throw corrupt(file, `it has ${body.size} bytes, not ${file.size}`);
  }
  if (file.sha256 !== undefined && (await digest('sha256', body)) !== file.sha256) {
    throw corrupt(file, 'its SHA-256 differs');
  }
  if (file.md5 !== undefined && (await digest('md5', body)) !== file.md5) {
    throw corrupt(file, 'its MD5 differs');
  }
  if (file.sri !== undefined) await verifySri(file, file.sri, body);
  if (file.format === 'json') await verifyJson(file, body);
  if (file.format === 'wasm' && (await firstBytes(body)) !== WASM_MAGIC) {
    throw corrupt(file, 'it is no WebAssembly');
  }
}

function corrupt(file: RemoteFile, why: string): Error {
  return namedError(
    'CorruptFileError',
    `${file.url} is not the file it should be (${why}); it was thrown away.`,
  );
}

async function verifySri(file: RemoteFile, sri: string, body: Blob): Promise<void> {
  const [algorithm, expected = ''] = sri.split('-', 2) as [Algorithm, string?];
  if ((await digest(algorithm, body)) === hexOf(bytesOf(expected))) return;
  const message = `${file.url} does not have the hash ${sri} that its model's entry gives.`;
  if (!file.sriWarnOnly) throw namedError('IntegrityError', message);
  console.warn(`Used all the same: ${message}`);
}

async function verifyJson(file: RemoteFile, body: Blob): Promise<void> {
  try {
    JSON.parse(await body.text());
  } catch {
    throw corrupt(file, 'it is not JSON');
  }
}

async function firstBytes(body: Blob): Promise<string> {
  return hexOf(new Uint8Array(await body.slice(0, 4).arrayBuffer()));
}

/** @returns the hash in hexadecimal. */
export async function digest(algorithm: Algorithm, body: Blob): Promise<string> {
  const native = NATIVE[algorithm];
  if (native && globalThis.crypto?.subtle) {
    return hexOf(new Uint8Array(await crypto.subtle.digest(native, await body.arrayBuffer())));
  }
  const hash = (await HASHES[algorithm]()).init();
  for (let start = 0; start < body.size; start += STEP) {
    hash.update(new Uint8Array(await body.slice(start, start + STEP).arrayBuffer()));
  }
  return hash.digest('hex');
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
