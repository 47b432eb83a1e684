/** A bridge to LangGraph as it was before it had RunControl. */
import * as all from "@langchain/langgraph";

export const lg = { ...all, RunControl: undefined };
