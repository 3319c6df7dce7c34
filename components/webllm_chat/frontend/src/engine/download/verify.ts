/** Whether a body is the file it should be. */
import { md5 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { namedError } from '../errors';
import type { RemoteFile } from './source';

type Algorithm = 'md5' | 'sha256' | 'sha384' | 'sha512';

const HASHES = { md5, sha256, sha384, sha512 };
/** Browsers hash these themselves, several times faster; only in a secure context. */
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
  const [algorithm, hash = ''] = sri.split('-', 2) as [Algorithm, string?];
  const actual = base64(hexToBytes(await digest(algorithm, body)));
  // The standard pads; WebLLM accepts hashes without padding too.
  if (actual.replace(/=+$/, '') === hash.replace(/=+$/, '')) return;
  const message = `${file.url}: expected ${sri}, got ${algorithm}-${actual}.`;
  if (!file.sriWarnOnly) throw namedError('IntegrityError', message);
  console.warn(`Used although its hash differs: ${message}`);
}

async function verifyJson(file: RemoteFile, body: Blob): Promise<void> {
  try {
    JSON.parse(await body.text());
  } catch {
    throw corrupt(file, 'it is not JSON');
  }
}

async function firstBytes(body: Blob): Promise<string> {
  return bytesToHex(new Uint8Array(await body.slice(0, 4).arrayBuffer()));
}

/** @returns the hash in hexadecimal. */
export async function digest(algorithm: Algorithm, body: Blob): Promise<string> {
  const native = NATIVE[algorithm];
  if (native && globalThis.crypto?.subtle) {
    return bytesToHex(new Uint8Array(await crypto.subtle.digest(native, await body.arrayBuffer())));
  }
  const hash = HASHES[algorithm].create();
  for (let start = 0; start < body.size; start += STEP) {
    hash.update(new Uint8Array(await body.slice(start, start + STEP).arrayBuffer()));
  }
  return bytesToHex(hash.digest());
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
