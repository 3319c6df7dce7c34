/** Remembers in this browser who wants to leave the guest's conversations where they are. */
import { scoped } from '../../../app-scope';

const KEY = scoped('webllm-chat.guest-chats-left');

/** @returns how many there were when this person left them; 0: not asked yet. */
export function guestChatsLeft(user: string): number {
  return read()[user] ?? 0;
}

/** Until there are more, or fewer, this person is not asked again. */
export function leaveGuestChats(user: string, count: number): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...read(), [user]: count }));
  } catch {
    // Without storage the question comes again on the next visit.
  }
}

function read(): Record<string, number> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return value instanceof Object ? (value as Record<string, number>) : {};
  } catch {
    return {};
  }
}
