/** A list that draws what is seen of it, with rows of any height. At its end it follows what is added, until a person scrolls up. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { ComponentChildren, TargetedEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export interface VirtualListProps {
  label: string;
  count: number;
  /** px of a row that was not drawn yet. */
  estimate: number;
  keyOf: (index: number) => string;
  children: (index: number) => ComponentChildren;
}

/** Rows that are drawn beyond those that are seen. */
const OVERSCAN = 8;
/** px from the end that still count as the end. */
const NEAR_END = 48;

export function VirtualList({ label, count, estimate, keyOf, children }: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, setVersion] = useState(0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: keyOf,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    anchorTo: "end",
    scrollEndThreshold: NEAR_END,
    onChange: () => setVersion((version) => version + 1),
  };
  const [list] = useState(() => new Virtualizer(options));
  list.setOptions(options);
  useLayoutEffect(() => list._didMount(), [list]);
  useLayoutEffect(() => list._willUpdate());
  // Rows that turn out taller than estimated move the end away: that nobody has scrolled up counts, not where the list stands.
  const follows = useRef(true);
  const before = useRef(0);
  const onScroll = ({ currentTarget }: TargetedEvent<HTMLDivElement>): void => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    if (scrollHeight - clientHeight - scrollTop <= NEAR_END) follows.current = true;
    else if (scrollTop < before.current) follows.current = false;
    before.current = scrollTop;
  };
  const height = list.getTotalSize();
  useLayoutEffect(() => {
    if (follows.current) list.scrollToEnd();
  }, [list, count, height]);
  return (
    <div ref={scroller} class="virtual" role="region" aria-label={label} tabIndex={0} onScroll={onScroll}>
      <div class="whole" role="list" style={{ height: `${height}px` }}>
        {list.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            ref={list.measureElement}
            data-index={index}
            class="row"
            role="listitem"
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start}px)` }}
          >
            {children(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
