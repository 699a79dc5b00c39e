import type { JsonSchema } from "../../../src/api-docs/json-schema";
import type { OpenApi, OpenApiOperation, OpenApiParameter } from "../../../src/api-docs/openapi";
import { BODIES, HEADER_TEXTS, seeded, TEXTS, VALUES } from "./hostile-values";

export type HostileRequest = {
  operation: OpenApiOperation;
  method: string;
  /** As sent; a URL parser may make another path of it. */
  target: string;
  headers: [string, string][];
  body?: string | Uint8Array<ArrayBuffer>;
};

export type Known = Record<string, readonly string[]>;

/**
 * Makes requests of an operation from the document alone, each with at least one thing wrong with
 * it most of the time. `known` has values that exist, by path parameter.
 */
export class Mutator {
  readonly #random: () => number;
  readonly #document: OpenApi;

  constructor(document: OpenApi, seed: number) {
    this.#document = document;
    this.#random = seeded(seed);
  }

  request(path: string, method: string, operation: OpenApiOperation, known: Known): HostileRequest {
    const parameters = operation.parameters.filter((item) => "name" in item);
    const inPlace = (place: string) => parameters.filter((item) => item.in === place);
    const query = inPlace("query").flatMap((item) => this.#queryPart(item, known));
    if (this.#one(8))
      query.push(`${this.#escape(this.#pick(TEXTS))}=${this.#escape(this.#pick(TEXTS))}`);
    const target = path.replaceAll(/\{(\w+)\}/g, (_, name) => this.#pathPart(name, known));
    const body = operation.requestBody && this.#body(operation);
    return {
      operation,
      method: method.toUpperCase(),
      target: query.length > 0 ? `${target}?${query.join("&")}` : target,
      headers: this.#headers(inPlace("header"), operation),
      ...(body !== undefined && { body }),
    };
  }

  #pathPart(name: string, known: Known): string {
    const values = known[name] ?? [];
    if (values.length > 0 && !this.#one(4)) return encodeURIComponent(this.#pick(values));
    if (this.#one(6))
      return this.#pick(["%", "%ff", "%00", "%E0%A4%A", "%2e%2e", "..%2f..", "a%2fb"]);
    const text = this.#one(5) ? `${values[0] ?? ""}${this.#pick(TEXTS)}` : this.#pick(TEXTS);
    return this.#escape(text) || "%20";
  }

  #queryPart({ name, schema, required }: OpenApiParameter, known: Known): string[] {
    if (!required && this.#one(2)) return [];
    const items = Array.isArray(schema.items) ? undefined : this.#inner(schema.items);
    const right = known[name] ?? (schema.enum ?? items?.enum ?? ["1"]).map(String);
    const value = this.#one(4) ? this.#pick(TEXTS) : this.#pick(right);
    const part = `${name}=${this.#escape(value)}`;
    return this.#one(10) ? Array<string>(this.#one(3) ? 200 : 2).fill(part) : [part];
  }

  #headers(described: OpenApiParameter[], { responses }: OpenApiOperation): [string, string][] {
    const names = described.map(({ name }) => name);
    const any = ["X-Request-Id", "Accept", "Content-Type", "If-None-Match", "Range", "Cookie"];
    const isSocket = responses["101"] !== undefined && !this.#one(4);
    return [
      ...[...names, ...any, ...(isSocket ? ["Sec-WebSocket-Protocol"] : [])].flatMap(
        (name): [string, string][] => (this.#one(6) ? [[name, this.#pick(HEADER_TEXTS)]] : []),
      ),
      ...(isSocket ? ([["Upgrade", "websocket"]] satisfies [string, string][]) : []),
    ];
  }

  #body({ requestBody }: OpenApiOperation): string | Uint8Array<ArrayBuffer> {
    if (this.#one(3)) return this.#pick(BODIES);
    const { schema, example } = requestBody?.content["application/json"] ?? {};
    return JSON.stringify(this.#changed(example, schema)) ?? "";
  }

  /** A valid value with one part of it replaced, removed or added. */
  #changed(value: unknown, schema: JsonSchema | undefined): unknown {
    const { properties = {} } = this.#inner(schema);
    const names = Object.keys(properties);
    if (names.length === 0 || this.#one(12)) return this.#wrong(schema);
    const copy: Record<string, unknown> = { ...(typeof value === "object" ? value : {}) };
    const name = this.#pick(names);
    const inner = this.#inner(properties[name]);
    if (this.#one(8)) copy[this.#pick(TEXTS)] = this.#pick(VALUES);
    if (this.#one(8)) delete copy[name];
    else if (inner.properties && this.#one(2)) copy[name] = this.#changed(copy[name], inner);
    else copy[name] = this.#wrong(inner);
    return copy;
  }

  /** Just past what the schema allows, or something else altogether. */
  #wrong(schema: JsonSchema | undefined): unknown {
    const { maxLength, minLength, maximum, minimum, maxItems } = this.#inner(schema);
    const edges = [
      ...(maxLength === undefined ? [] : ["x".repeat(maxLength), "x".repeat(maxLength + 1)]),
      ...(minLength ? ["x".repeat(minLength - 1)] : []),
      ...(maximum === undefined ? [] : [maximum, maximum + 1]),
      ...(minimum === undefined ? [] : [minimum, minimum - 1]),
      ...(maxItems === undefined ? [] : [Array(maxItems + 1).fill("x")]),
    ];
    if (edges.length > 0 && this.#one(3)) return this.#pick(edges);
    return this.#one(2) ? this.#pick(VALUES) : this.#pick(TEXTS);
  }

  /** A schema, followed where it is a reference. */
  #inner(schema: JsonSchema | boolean | undefined): JsonSchema {
    if (schema === undefined || typeof schema === "boolean") return {};
    const name = schema.$ref?.split("/").at(-1);
    return (name === undefined ? schema : this.#document.components.schemas[name]) ?? {};
  }

  #escape(text: string): string {
    return encodeURIComponent(text.toWellFormed());
  }

  #one(times: number): boolean {
    return this.#random() * times < 1;
  }

  #pick<T>(from: readonly T[]): T {
    const item = from[Math.floor(this.#random() * from.length)];
    if (item !== undefined) return item;
    throw new Error("There is nothing to pick from.");
  }
}
