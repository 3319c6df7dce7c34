/** Whether a download costs the visitor money, as far as the browser tells (Chromium does). */

type Connection = { saveData?: boolean; type?: string };

export function isMetered(
  connection: Connection | undefined = (navigator as { connection?: Connection }).connection,
): boolean {
  return connection?.saveData === true || connection?.type === 'cellular';
}
