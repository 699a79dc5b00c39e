import type { Tokens } from "marked";
import type { ComponentChild } from "preact";
import { decoded } from "./entities";
import { Formula } from "./formula";
import { type KnownToken, known } from "./lexer";

/** The web and a mailbox; a link that leads elsewhere is words. */
const ADDRESS = /^(?:https?:|mailto:)/i;

/** What stands in a line. It is made of nodes and never of markup, so words can't become anything else. */
export function Inline({ tokens }: { tokens: Tokens.Generic["tokens"] }) {
  return <>{known(tokens).map(shown)}</>;
}

function shown(token: KnownToken): ComponentChild {
  switch (token.type) {
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "link":
      return <LinkOut token={token} />;
    case "image":
      // A picture would ask another server, so it is a way there instead.
      return (
        <Address href={token.href}>Picture: {decoded(token.text.trim() || token.href)}</Address>
      );
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "math":
      return <Formula text={token.text} isBlock={token.isBlock} />;
    case "html":
      return token.text;
    case "text":
      return token.tokens ? <Inline tokens={token.tokens} /> : decoded(token.text);
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

function LinkOut({ token }: { token: Tokens.Link }) {
  const { href, title, tokens, text, autolink } = token;
  return (
    <Address href={href} title={title}>
      {autolink ? text : <Inline tokens={tokens} />}
    </Address>
  );
}

type AddressProps = { href: string; title?: string | null | undefined; children: ComponentChild };

function Address({ href, title, children }: AddressProps) {
  const address = decoded(href);
  if (!ADDRESS.test(address)) return <span>{children}</span>;
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      {...(title && { title: decoded(title) })}
    >
      {children}
    </a>
  );
}
