/** Builds an update expression from fields and a condition. */
import type { Condition } from "./conditions.ts";

export interface Update {
  set: Record<string, unknown>;
  /** Set only where the item has none. */
  keep?: Record<string, unknown>;
  remove?: string[];
  condition?: Condition;
}

/** Fields whose value is undefined are not changed. */
export function updateExpression({ set, keep = {}, remove = [], condition }: Update) {
  const names: Record<string, string> = { ...condition?.names };
  const values: Record<string, unknown> = { ...condition?.values };
  const sets: string[] = [];
  for (const [field, value] of Object.entries(set)) {
    if (value === undefined) continue;
    names[`#set_${field}`] = field;
    values[`:set_${field}`] = value;
    sets.push(`#set_${field} = :set_${field}`);
  }
  for (const [field, value] of Object.entries(keep)) {
    names[`#keep_${field}`] = field;
    values[`:keep_${field}`] = value;
    sets.push(`#keep_${field} = if_not_exists(#keep_${field}, :keep_${field})`);
  }
  for (const field of remove) names[`#rm_${field}`] = field;
  const clauses = [
    ...(sets.length ? [`SET ${sets.join(", ")}`] : []),
    ...(remove.length ? [`REMOVE ${remove.map((field) => `#rm_${field}`).join(", ")}`] : []),
  ];
  return {
    UpdateExpression: clauses.join(" "),
    ...(Object.keys(names).length && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length && { ExpressionAttributeValues: values }),
    ...(condition && { ConditionExpression: condition.expression }),
  };
}

/** The same for a Put. */
export const conditional = (condition: Condition) => ({
  ConditionExpression: condition.expression,
  ...(condition.names && { ExpressionAttributeNames: condition.names }),
  ...(condition.values && { ExpressionAttributeValues: condition.values }),
});
