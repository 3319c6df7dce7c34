/** Web Locks, where this page may use them. */

/**
 * @returns undefined without a secure context, and inside another site's page whose storage is
 * closed: there every request is refused (`SecurityError`), and nothing is stored to be locked.
 */
export async function usableLocks(
  locks: LockManager | undefined = globalThis.navigator?.locks,
): Promise<LockManager | undefined> {
  try {
    await locks?.query();
    return locks;
  } catch {
    return undefined;
  }
}
