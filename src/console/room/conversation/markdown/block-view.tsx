import type { Tokens } from "marked";
import { type ComponentChild, createContext, h } from "preact";
import { useContext } from "preact/hooks";
import { memo } from "../../../state/memo";
import type { Block, Group } from "./blocks";
import { CodeBlock } from "./code-block";
import { Formula } from "./formula";
import { Inline } from "./inline-view";
import { type KnownToken, known } from "./lexer";

/** Whether more may come of what a view is in. */
const IsOpen = createContext(false);

/** Blocks are lines of their own for who reads the page's text, or takes it along. */
const END = "\n";

export const GroupView = memo(({ group }: { group: Group }) => (
  <>
    {group.blocks.map((block) => (
      <IsOpen.Provider key={block.key} value={block.isOpen}>
        <BlockView block={block} />
        {END}
      </IsOpen.Provider>
    ))}
  </>
));

/** One block; it is drawn again only where it is another. */
const BlockView = memo(({ block }: { block: Pick<Block, "tokens"> }) => {
  const isOpen = useContext(IsOpen);
  const [first] = block.tokens;
  switch (first.type) {
    case "table":
      return <TableView head={first} parts={block.tokens} />;
    case "list":
      return <ListView head={first} parts={block.tokens} />;
    case "code":
      return <CodeBlock head={first} parts={block.tokens} isOpen={isOpen} />;
    default:
      return <>{shown(first)}</>;
  }
});

/** Blocks within another, which are read again as a whole. */
function Blocks({ tokens }: { tokens: Tokens.Generic["tokens"] }) {
  return (
    <>
      {known(tokens).map((token, key) => (
        <BlockView key={key} block={{ tokens: [token] }} />
      ))}
    </>
  );
}

function shown(token: KnownToken): ComponentChild {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr />;
    case "heading":
      return h(`h${token.depth}`, null, <Inline tokens={token.tokens} />);
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "paragraph":
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "math":
      return <Formula text={token.text} isBlock />;
    case "html":
      return <p class="prewrap">{token.text.trimEnd()}</p>;
    default:
      return <Inline tokens={[token]} />;
  }
}

type Parts<Token> = { head: Token; parts: readonly KnownToken[] };

function TableView({ head, parts }: Parts<Tokens.Table>) {
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            {head.header.map((cell, i) => (
              <Cell key={i} cell={cell} />
            ))}
          </tr>
        </thead>
        {parts.map((part, i) => part.type === "table" && <Rows key={i} table={part} />)}
      </table>
    </div>
  );
}

const Rows = memo(({ table }: { table: Tokens.Table }) => (
  <tbody>
    {table.rows.map((row, i) => (
      <tr key={i}>
        {row.map((cell, at) => (
          <Cell key={at} cell={cell} />
        ))}
      </tr>
    ))}
  </tbody>
));

function Cell({ cell: { header, align, tokens } }: { cell: Tokens.TableCell }) {
  return h(header ? "th" : "td", align ? { align } : null, <Inline tokens={tokens} />);
}

function ListView({ head, parts }: Parts<Tokens.List>) {
  const isLoose = parts.some((part) => part.type === "list" && part.loose);
  const items = parts.map(
    (part, i) => part.type === "list" && <Items key={i} list={part} isLoose={isLoose} />,
  );
  if (!head.ordered) return <ul>{items}</ul>;
  return <ol {...(typeof head.start === "number" && { start: head.start })}>{items}</ol>;
}

type ItemsProps = { list: Tokens.List; isLoose: boolean };

const Items = memo(({ list, isLoose }: ItemsProps) => (
  <>
    {list.items.map(({ tokens }, i) => (
      <li key={i}>
        {known(tokens).map((token, key) =>
          token.type === "text" && isLoose ? (
            <p key={key}>
              <Inline tokens={[token]} />
            </p>
          ) : (
            <BlockView key={key} block={{ tokens: [token] }} />
          ),
        )}
      </li>
    ))}
  </>
));
