/** Whatever is done to a conversation, and in whatever order, its tree stays one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrowserLocks } from '../test/browser-storage';
import { ConversationStore } from './store';
import { buildTree, shownBranch, variantsOf } from './tree';
import type { Message } from './types';

/** `which`: of the messages made so far. */
interface Step {
  do: 'ask' | 'clear' | 'again' | 'edit' | 'choose' | 'delete' | 'restore';
  which: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('ask', 'ask', 'ask', 'clear', 'again', 'edit', 'choose', 'delete', 'restore'),
  which: fc.nat(40),
});

function perform(store: ConversationStore<string>, made: string[], each: Step): void {
  const { tree, openId } = store.state.getState();
  if (each.do === 'ask') {
    const id = store.addTurn('?');
    made.push(store.message(id)?.parentId as string, id);
    store.update(id, () => ({ content: '!', status: 'done' }));
  } else if (each.do === 'clear') {
    if (openId !== null) store.deleteConversations([openId]);
  } else {
    const id = made[each.which % Math.max(1, made.length)];
    if (id === undefined) return;
    if (each.do === 'delete') store.deleteMessage(id);
    if (each.do === 'restore') store.restoreMessage(id);
    if (each.do === 'choose') store.choose(id);
    if (!tree.messages.has(id)) return;
    const added = each.do === 'again' ? store.addAnswer(id) : null;
    const edited = each.do === 'edit' ? store.editQuestion(id, '??') : null;
    for (const answer of [added, edited]) if (answer !== null) made.push(answer);
  }
}

describe('the tree of a conversation', () => {
  it('keeps its invariants through any history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = new ConversationStore<string>(new BrowserLocks().tab());
        const made: string[] = [];
        for (const each of steps) {
          perform(store, made, each);
          const { tree, messageIds, messages } = store.state.getState();
          expect(messages.map(({ id }) => id)).toEqual(messageIds);
          for (const [index, message] of messages.entries()) {
            // Each follows the one before, is shown rather than its siblings, and is listed once.
            expect(message.parentId).toBe(messages[index - 1]?.id ?? null);
            expect(variantsOf(tree, message.id).filter((id) => messageIds.includes(id))).toEqual([
              message.id,
            ]);
          }
          for (const message of tree.messages.values()) {
            expect(message.deletedAt).toBeNull();
            const parent = message.parentId === null ? null : tree.messages.get(message.parentId);
            expect(parent).not.toBeUndefined();
            if (message.role === 'assistant') expect(parent?.role).toBe('user');
          }
          const last = messages.at(-1);
          expect(last ? tree.children.get(last.id) : undefined).toBeUndefined();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shows the message that was chosen last, on the whole way to it', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), fc.nat(100), (steps, pick) => {
        const store = new ConversationStore<string>(new BrowserLocks().tab());
        const made: string[] = [];
        for (const each of steps) perform(store, made, each);
        const there = [...store.state.getState().tree.messages.keys()];
        const id = there[pick % Math.max(1, there.length)];
        if (id === undefined) return;
        store.choose(id);
        expect(store.state.getState().messageIds).toContain(id);
      }),
    );
  });

  it('is built from any rows, even ones that lead nowhere or in circles', () => {
    const row = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
      parentId: fc.constantFrom(null, 'a', 'b', 'c', 'd', 'gone', '__proto__', 'constructor'),
      createdAt: fc.nat(3),
      chosenAt: fc.nat(3),
      deletedAt: fc.constantFrom(null, 1),
    }) as unknown as fc.Arbitrary<Message>;
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const tree = buildTree(rows);
        const branch = shownBranch(tree);
        // What follows a message that is not there is shown all the same.
        const orphan = rows.find(({ parentId, deletedAt }) => parentId === 'gone' && !deletedAt);
        if (orphan && rows.filter(({ id }) => id === orphan.id).length === 1) {
          expect(tree.messages.has(orphan.id)).toBe(true);
        }
        expect(new Set(branch).size).toBe(branch.length);
      }),
    );
  });
});
