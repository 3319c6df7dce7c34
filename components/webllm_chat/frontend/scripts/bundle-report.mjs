// Prints the built bundle's files with their gzip sizes, and fails when a second React slipped in.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

const reactVersions = new Set();
const rows = files.map((path) => {
  const bytes = readFileSync(path);
  if (path.endsWith('.js')) {
    for (const [, version] of bytes
      .toString()
      .matchAll(/reconcilerVersion:[`"'](\d+\.\d+\.\d+)[`"']/g)) {
      reactVersions.add(version);
    }
  }
  return { file: path.slice(dist.length), raw: bytes.length, gzip: gzipSync(bytes).length };
});
for (const { file, raw, gzip } of rows.sort((a, b) => b.gzip - a.gzip)) {
  console.log(
    `${file.padEnd(48)} ${(raw / 1024).toFixed(1).padStart(9)} KiB  gzip ${(gzip / 1024).toFixed(1).padStart(9)} KiB`,
  );
}
if (reactVersions.size !== 1) {
  console.error(
    `One React belongs into the bundle, found: ${[...reactVersions].join(', ') || 'none'}`,
  );
  process.exit(1);
}
