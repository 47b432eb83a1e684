/** What clients are told of the errors of a project's code, in both languages. */

/** Whether they see the texts of a project's own errors: one choice of the whole server. */
export type ErrorText = "show" | "hide";

/** In place of a hidden text. */
export const HIDDEN = "An internal error occurred";

/** Classes whose text is about the call or the graph, not about the project's internals. Shown even where details are hidden. */
export const SHOWN = [
  "TypeError",
  "GraphRecursionError",
  "EmptyInputError",
  "EmptyChannelError",
  "InvalidUpdateError",
  "NodeInterrupt",
  "UnknownInterruptError",
  "UnserialisableError",
  "TooLarge",
];
