/** The frame around the component: the app it belongs to, and how tall the iframe is in it. The chat
 * fills the page’s viewport, other views are as tall as their content. */
import { type RefObject, useEffect, useRef } from 'react';
import type { View } from '../bridge/protocol';
import { useServices } from './services';

/** CSS pixels. Below the first a chat is no use; the second keeps off the viewport's edge. */
const LEAST_CHAT_HEIGHT = 360;
const BOTTOM_GAP = 16;

/** @param fixed - what the embedding app set for the chat; null: it fills the page's viewport. */
export function useFrameHeight(
  view: View | undefined,
  fixed: number | null = null,
): RefObject<HTMLDivElement | null> {
  const { setFrameHeight } = useServices();
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!view) return;
    if (view === 'chat' && fixed !== null) {
      setFrameHeight(fixed);
      return;
    }
    if (view === 'chat') {
      return fillViewport(setFrameHeight);
    }
    return followContent(content.current, setFrameHeight);
  }, [view, fixed, setFrameHeight]);
  return content;
}

function fillViewport(setHeight: (height: number) => void): () => void {
  const page = window.parent;
  // The visual viewport is what a phone's keyboard leaves free.
  const viewport = page.visualViewport;
  const frame = window.frameElement;
  let last = 0;
  const adjust = () => {
    const top = frame ? frame.getBoundingClientRect().top + scrolled(frame) : 0;
    const height = Math.floor((viewport?.height ?? page.innerHeight) - top - BOTTOM_GAP);
    const next = Math.max(LEAST_CHAT_HEIGHT, height);
    if (next !== last) setHeight(next);
    last = next;
  };
  adjust();
  viewport?.addEventListener('resize', adjust);
  // What the page shows above the chat can grow or shrink without the window being resized.
  const observer = new ResizeObserver(adjust);
  const column = frame?.parentElement?.parentElement;
  if (column) observer.observe(column);
  return () => {
    viewport?.removeEventListener('resize', adjust);
    observer.disconnect();
  };
}

function scrolled(frame: Element): number {
  for (let node = frame.parentElement; node; node = node.parentElement) {
    if (node.scrollTop > 0) return node.scrollTop;
  }
  return 0;
}

function followContent(
  content: HTMLElement | null,
  setHeight: (height: number) => void,
): () => void {
  if (!content) return () => {};
  const adjust = () => setHeight(Math.ceil(content.getBoundingClientRect().height));
  adjust();
  const observer = new ResizeObserver(adjust);
  observer.observe(content);
  return () => observer.disconnect();
}

/** The app's own address, with the path it is served under; ends with a slash. */
export function appAddress(): string {
  return new URL('.', window.parent.document.baseURI).href;
}
