import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useStore } from 'zustand';
import { Scrollable } from '../../Scrollable';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { ChatMessage } from './ChatMessage';
import { Comparison } from './Comparison';
import { firstReadMessage } from './trimming';
import { useFollowEnd } from './useFollowEnd';

/** The last messages stay in the page wherever the reader is: searched, selected, read out. */
const ALWAYS_THERE = 12;

/**
 * The open conversation. Only what is near the view is in the page, however long it is. It follows
 * the answer while the reader is at its end, and only then.
 */
export function ChatMessages() {
  const words = useTexts().message;
  const { conversation } = useServices();
  const ids = useStore(conversation.state, (state) => state.messageIds);
  const openId = useStore(conversation.state, (state) => state.openId);
  const virtual = useRef<VirtualizerHandle>(null);
  const { scrollRef, contentRef, isAtEnd, goToEnd, letGo } = useFollowEnd();
  const focused = useMessageFocus(virtual, scrollRef, letGo);
  const saveScroll = useKeptScroll(virtual, openId, isAtEnd, letGo);
  const firstRead = useStore(conversation.state, ({ messages }) => firstReadMessage(messages));
  const kept = Array.from(
    { length: Math.min(ALWAYS_THERE, ids.length) },
    (_, back) => ids.length - 1 - back,
  );
  const focusedIndex = focused === null ? -1 : ids.indexOf(focused);
  if (focusedIndex >= 0) kept.push(focusedIndex);
  return (
    <div className="relative min-h-0 flex-1">
      <Scrollable ref={scrollRef} className="messages" label={words.conversation}>
        <div
          ref={contentRef}
          role="feed"
          aria-label={words.conversation}
          className="messages-column"
        >
          <Virtualizer
            ref={virtual}
            scrollRef={scrollRef as React.RefObject<HTMLElement>}
            data={ids as string[]}
            keepMounted={kept}
            bufferSize={600}
            onScroll={saveScroll}
          >
            {(id, index) => (
              <Row
                key={id}
                id={id}
                place={index + 1}
                count={ids.length}
                leftOutAbove={firstRead === id}
              />
            )}
          </Virtualizer>
        </div>
      </Scrollable>
      {!isAtEnd && (
        <button
          type="button"
          className="button absolute bottom-2 left-1/2 flex -translate-x-1/2 items-center gap-1 shadow"
          onClick={goToEnd}
        >
          <ArrowDown aria-hidden size={16} />
          {words.toLatest}
        </button>
      )}
    </div>
  );
}

function Row(props: { id: string; place: number; count: number; leftOutAbove: boolean }) {
  const { id, place, count, leftOutAbove } = props;
  const { conversation } = useServices();
  const message = useStore(conversation.state, ({ tree }) => tree.messages.get(id));
  const comparison = useStore(conversation.state, (state) => state.comparison);
  if (!message) return null;
  return (
    <div className="pb-4">
      {leftOutAbove && <LeftOut />}
      {comparison?.includes(id) ? (
        <Comparison ids={comparison} />
      ) : (
        <ChatMessage message={message} place={place} count={count} />
      )}
    </div>
  );
}

function LeftOut() {
  const words = useTexts().message;
  return (
    <p
      data-testid="left-out"
      className="mb-4 border-t border-dashed border-faint pt-1 text-xs text-muted"
    >
      {words.leftOut}
    </p>
  );
}

/** Lets the keyboard go to any message, which is brought into the page first. */
function useMessageFocus(
  virtual: React.RefObject<VirtualizerHandle | null>,
  scroller: React.RefObject<HTMLElement | null>,
  letGo: () => void,
): string | null {
  const { conversation, surface } = useServices();
  // Another object each time: the same message may be gone to again.
  const [focused, setFocused] = useState<{ id: string } | null>(null);
  useEffect(() => {
    surface.setMessageFocus((id) => {
      letGo();
      setFocused({ id });
      const index = conversation.state.getState().messageIds.indexOf(id);
      virtual.current?.scrollToIndex(index, { align: 'nearest' });
    });
    return () => surface.setMessageFocus(() => {});
  }, [conversation, surface, virtual, letGo]);
  useEffect(() => {
    if (focused === null) return;
    const article = scroller.current?.querySelector<HTMLElement>(
      `[data-message-id="${CSS.escape(focused.id)}"]`,
    );
    article?.focus({ preventScroll: true });
  }, [focused, scroller]);
  return focused?.id ?? null;
}

/** Opens each conversation where its reader left it. @returns what to call as it scrolls. */
function useKeptScroll(
  virtual: React.RefObject<VirtualizerHandle | null>,
  openId: string | null,
  isAtEnd: boolean,
  letGo: () => void,
): (offset: number) => void {
  const { conversation } = useServices();
  const loading = useStore(conversation.state, (state) => state.loading);
  const restored = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each conversation that was opened
  useEffect(() => {
    restored.current = false;
    if (loading) return;
    const { scroll, messageIds } = conversation.state.getState();
    const index = scroll ? messageIds.indexOf(scroll.messageId) : -1;
    if (scroll && index >= 0) {
      letGo();
      virtual.current?.scrollToIndex(index, { align: 'start', offset: scroll.offsetPx });
    }
    restored.current = true;
  }, [openId, loading]);
  return useCallback(
    (offset: number) => {
      const handle = virtual.current;
      if (!handle || !restored.current) return;
      const index = handle.findItemIndex(offset);
      const messageId = conversation.state.getState().messageIds[index];
      if (isAtEnd || messageId === undefined) conversation.setScroll(null);
      else conversation.setScroll({ messageId, offsetPx: offset - handle.getItemOffset(index) });
    },
    [conversation, virtual, isAtEnd],
  );
}
