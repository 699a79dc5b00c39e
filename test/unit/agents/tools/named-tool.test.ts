import { describe, expect, it } from "vitest";
import { readRefusal } from "../../../../src/agents/model/refusal/read-refusal";

const of = (body: unknown, status = 400) => readRefusal(status, {}, body).tool;
const openai = (message: string, param: string | null = null) => ({
  error: { message, type: "invalid_request_error", param, code: "invalid_function_parameters" },
});

describe("[T2] a refusal names the tool that it is about", () => {
  it.each<[string, unknown, object | undefined]>([
    ["by its place", openai("Bad.", "tools[3].function.parameters"), { index: 3 }],
    [
      "by its name",
      openai(
        "Invalid schema for function 'look_up': schema must have type 'object', got 'type: \"None\"'.",
      ),
      { name: "look_up" },
    ],
    [
      "by both",
      openai(
        "Invalid schema for function 'look-up': array schema missing items.",
        "tools[0].function.parameters",
      ),
      { index: 0, name: "look-up" },
    ],
    [
      "as Anthropic does",
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "tools.12.custom.input_schema.type: Field required",
        },
      },
      { index: 12 },
    ],
    [
      "as Gemini does",
      [
        {
          error: {
            code: 400,
            status: "INVALID_ARGUMENT",
            message:
              "* GenerateContentRequest.tools[0].function_declarations[2].parameters.properties: should be non-empty",
          },
        },
      ],
      { index: 2 },
    ],
    [
      "as FastAPI does, at a place of any length",
      {
        detail: [
          {
            loc: [
              "body",
              "tools",
              1,
              "function",
              "parameters",
              "properties",
              "a".repeat(80),
              "type",
            ],
            msg: "no",
          },
        ],
      },
      { index: 1 },
    ],
    ["in no way", openai("The request is not valid."), undefined],
    ["in no way: another field", openai("Bad.", "messages[3].content"), undefined],
  ])("%s", (_, body, tool) => {
    expect(of(body)).toEqual(tool);
  });

  it.each([401, 429, 500, 503])("but a refusal with %i is not about tools", (status) => {
    expect(of(openai("Bad.", "tools[3].function.parameters"), status)).toBeUndefined();
  });
});
