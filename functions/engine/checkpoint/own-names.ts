/** Names that LangGraph gives to what it stores itself, the same in both languages. Not all of its versions export them. */
export const ERROR = "__error__";
export const INTERRUPT = "__interrupt__";
export const RESUME = "__resume__";
/** The task of what a command or another caller has written. */
export const NULL_TASK_ID = "00000000-0000-0000-0000-000000000000";
