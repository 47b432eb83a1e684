/** What a claim tells the next one of the events that it has sent. */
import { ReplayedEvents } from "../../functions/engine/events/replayed-events.ts";

const TASK = "1b6e0d3c-0000-4000-8000-000000000001";
const NEXT = "1b6e0d3c-0000-4000-8000-000000000002";

/** A head of the root graph is put while the run's first task has begun: the put of a run's input is awaited by nobody. */
function begun(): ReplayedEvents {
  const claim = new ReplayedEvents();
  claim.hasStarted("", TASK, "tasks");
  claim.stepOver("", "head-1");
  return claim;
}

test("a start that was sent before the put of its head came is not sent by the next claim", () => {
  const next = new ReplayedEvents(begun().sent());

  expect(next.hasStarted("", TASK, "tasks")).toBe(true);
});

test("nor by the claim after that", () => {
  const next = new ReplayedEvents(begun().sent());

  expect(new ReplayedEvents(next.sent()).hasStarted("", TASK, "tasks")).toBe(true);
});

test("starts are forgotten once the superstep after theirs is over", () => {
  const claim = begun();
  claim.hasStarted("", NEXT, "tasks");
  claim.stepOver("", "head-2");

  expect(claim.sent()[""]?.starts).toEqual([`tasks ${NEXT}`]);
});

test("a start in another mode, or of another task, is sent", () => {
  const next = new ReplayedEvents(begun().sent());

  expect([next.hasStarted("", TASK, "debug"), next.hasStarted("", NEXT, "tasks")]).toEqual([false, false]);
});
