/** E3: which headers become keys of `configurable`. */
import { configurableHeaders } from "../../functions/http/request/configurable-headers.ts";

const HEADERS = new Headers({
  "X-User": "ada",
  "x-org": "1",
  "x-api-key": "secret",
  "x-tenant-id": "tenant",
  "x-service-key": "secret",
  authorization: "Bearer secret",
  cookie: "session=secret",
  "user-agent": "test",
  "x.y": "1",
});
const picked = (include: string[], exclude: string[] = []) =>
  Object.keys(configurableHeaders({ include, exclude })(HEADERS));

test.each<[string, string[], string[], string[]]>([
  ["by name, in any case", ["X-USER"], [], ["x-user"]],
  ["by a pattern", ["x-*"], [], ["x-org", "x-user"]],
  ["by a pattern in the middle", ["x-*er"], [], ["x-user"]],
  ["literally otherwise", ["x.u*", "x-us?r", "(x-user|x-org)"], [], []],
  ["but for what is excluded", ["x-*"], ["X-O*"], ["x-user"]],
  ["even if it is named, too", ["x-org"], ["x-org"], []],
  ["all, without secrets", ["*"], [], ["user-agent", "x-org", "x-user", "x.y"]],
  ["keys of this server never", ["x-api-key", "x-tenant-id", "x-service-key"], [], []],
  [
    "other secrets by their full name",
    ["*", "Authorization"],
    [],
    ["authorization", "user-agent", "x-org", "x-user", "x.y"],
  ],
  ["none", [], [], []],
])("%s", (_, include, exclude, names) => {
  expect(picked(include, exclude).toSorted()).toEqual(names);
});

test("with their values, and none without rules", () => {
  expect(configurableHeaders({ include: ["x-user"], exclude: [] })(HEADERS)).toEqual({ "x-user": "ada" });
  expect(configurableHeaders(undefined)(HEADERS)).toEqual({});
});
