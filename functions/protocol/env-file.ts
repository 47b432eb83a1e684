/** Parses the file that `env` of langgraph.json names, as dotenv does, for the local system and for deployments. */
import { parse } from "dotenv";

/** Values by name; `KEY=` is an empty value, and of two lines with one name the last counts. Never throws. */
export const parseEnvFile = (text: string): Record<string, string> => ({ ...parse(text) });
