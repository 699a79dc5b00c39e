import { type MarkedToken, marked, type Token } from "marked";
import { createElement, type ReactNode } from "react";

/** Addresses that a model's link may lead to; others are words. */
const ADDRESS = /^(https?:|mailto:)/i;

/** An answer as its Markdown says. It is made of elements, so that no words of a model's become markup. */
export function Markdown({ text }: { text: string }) {
  return <div data-part="text">{marked.lexer(text).map(shown)}</div>;
}

function shown(token: Token, key: number): ReactNode {
  const known = token as MarkedToken;
  switch (known.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return <p key={key}>{known.tokens.map(shown)}</p>;
    case "heading":
      return createElement(`h${known.depth}`, { key }, known.tokens.map(shown));
    case "blockquote":
      return <blockquote key={key}>{known.tokens.map(shown)}</blockquote>;
    case "hr":
      return <hr key={key} />;
    case "code":
      return (
        <pre key={key}>
          <code>{known.text}</code>
        </pre>
      );
    case "list":
      return createElement(known.ordered ? "ol" : "ul", { key }, known.items.map(shown));
    case "list_item":
      return <li key={key}>{known.tokens.map(shown)}</li>;
    case "table":
      return (
        <table key={key}>
          <thead>
            <tr>{known.header.map((cell, at) => cellOf("th", cell.tokens, at))}</tr>
          </thead>
          <tbody>
            {known.rows.map((row, key) =>
              createElement(
                "tr",
                { key },
                row.map((cell, at) => cellOf("td", cell.tokens, at)),
              ),
            )}
          </tbody>
        </table>
      );
    case "strong":
    case "em":
    case "del":
      return createElement(known.type, { key }, known.tokens.map(shown));
    case "codespan":
      return <code key={key}>{known.text}</code>;
    case "br":
      return <br key={key} />;
    case "link":
      return ADDRESS.test(known.href) ? (
        <a key={key} href={known.href} target="_blank" rel="noopener noreferrer">
          {known.tokens.map(shown)}
        </a>
      ) : (
        <span key={key}>{known.tokens.map(shown)}</span>
      );
    case "text":
      return known.tokens ? <span key={key}>{known.tokens.map(shown)}</span> : known.text;
    case "escape":
      return known.text;
    default:
      // Markup, and pictures, which would ask another server: as they were written.
      return token.raw;
  }
}

function cellOf(name: "th" | "td", tokens: Token[], key: number): ReactNode {
  return createElement(name, { key }, tokens.map(shown));
}
