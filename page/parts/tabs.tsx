/** Tabs as links, so that each has an address. Arrow keys go from one to the next. */
import { linkTo, type Pane, PANES } from "../address.ts";

const NAMES: Record<Pane, string> = {
  timeline: "Timeline",
  stream: "Stream",
  state: "State",
  history: "History",
  graph: "Graph",
  cost: "Cost",
};

export function Tabs({ selected }: { selected: Pane }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const all = [...document.querySelectorAll<HTMLElement>("[role=tab]")];
    const next = all.at((all.findIndex((one) => one === document.activeElement) + step) % all.length);
    next?.focus();
    next?.click();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Of this thread" onKeyDown={onKeyDown}>
      {PANES.map((pane) => (
        <a
          key={pane}
          id={`tab-${pane}`}
          href={linkTo({ pane })}
          role="tab"
          aria-selected={pane === selected}
          aria-controls="pane"
          tabIndex={pane === selected ? 0 : -1}
        >
          {NAMES[pane]}
        </a>
      ))}
    </div>
  );
}
