/**
 * Keeps the end of a growing list in view for as long as the reader is there. (Libraries for this
 * take every change of size for growth; a virtual list changes its size as it is scrolled.)
 */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** CSS pixels from the end that still count as being there. */
const NEAR = 48;

export interface FollowedEnd {
  scrollRef: RefObject<HTMLDivElement | null>;
  contentRef: RefObject<HTMLDivElement | null>;
  isAtEnd: boolean;
  goToEnd: () => void;
  /** Lets go of the end, as before scrolling elsewhere. */
  letGo: () => void;
}

export function useFollowEnd(): FollowedEnd {
  const scrollRef = useRef<HTMLDivElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);

  const follow = useCallback((on: boolean) => {
    following.current = on;
    setIsAtEnd(on);
  }, []);
  const goToEnd = useCallback(() => {
    follow(true);
    const scroller = scrollRef.current;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }, [follow]);
  const letGo = useCallback(() => follow(false), [follow]);

  useEffect(() => {
    const scroller = scrollRef.current;
    const content = contentRef.current;
    if (!scroller || !content) return;
    let last = scroller.scrollTop;
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      if (scrollHeight - scrollTop - clientHeight <= NEAR) follow(true);
      else if (scrollTop < last) follow(false);
      last = scrollTop;
    };
    const observer = new ResizeObserver(() => {
      if (following.current) scroller.scrollTop = scroller.scrollHeight;
    });
    scroller.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(content);
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [follow]);

  return { scrollRef, contentRef, isAtEnd, goToEnd, letGo };
}
