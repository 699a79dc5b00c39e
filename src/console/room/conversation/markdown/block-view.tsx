import type { Tokens } from "marked";
import { type ComponentChild, createContext, h } from "preact";
import { useContext } from "preact/hooks";
import { memo } from "../../../state/memo";
import type { Block, Group } from "./blocks";
import { CodeBlock } from "./code-block";
import { Formula } from "./formula";
import { Inline } from "./inline-view";
import { type KnownToken, known } from "./lexer";
import { TableView } from "./table-view";

/** Whether more may come of what a view is in. */
const IsOpen = createContext(false);

/** Blocks are lines of their own for who reads the page's text, or takes it along. */
const END = "\n";

export const GroupView = memo(({ group }: { group: Group }) => (
  <>
    {group.blocks.map((block) => (
      <IsOpen.Provider key={block.key} value={block.isOpen}>
        <BlockView block={block} dir="auto" />
        {END}
      </IsOpen.Provider>
    ))}
  </>
));

type BlockProps = {
  block: Pick<Block, "tokens">;
  /** Each block of the text runs as its first letters do, with all that is in it; code runs as code does. */
  dir?: "auto";
};

/** One block; it is drawn again only where it is another. */
const BlockView = memo(({ block, dir }: BlockProps) => {
  const isOpen = useContext(IsOpen);
  const [first] = block.tokens;
  switch (first.type) {
    case "table":
      return <TableView head={first} parts={block.tokens} dir={dir} />;
    case "list":
      return <ListView head={first} parts={block.tokens} dir={dir} />;
    case "code":
      return <CodeBlock head={first} parts={block.tokens} isOpen={isOpen} />;
    default:
      return <>{shown(first, dir)}</>;
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

function shown(token: KnownToken, dir: BlockProps["dir"]): ComponentChild {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr />;
    case "heading":
      return h(`h${token.depth}`, { dir }, <Inline tokens={token.tokens} />);
    case "blockquote":
      return (
        <blockquote dir={dir}>
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "paragraph":
      return (
        <p dir={dir}>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "math":
      return <Formula text={token.text} isBlock />;
    case "html":
      return (
        <p class="prewrap" dir={dir}>
          {token.text.trimEnd()}
        </p>
      );
    default:
      return <Inline tokens={[token]} />;
  }
}

type ListProps = { head: Tokens.List; parts: readonly KnownToken[]; dir: BlockProps["dir"] };

function ListView({ head, parts, dir }: ListProps) {
  const isLoose = parts.some((part) => part.type === "list" && part.loose);
  const items = parts.map(
    (part, i) => part.type === "list" && <Items key={i} list={part} isLoose={isLoose} />,
  );
  if (!head.ordered) return <ul dir={dir}>{items}</ul>;
  return (
    <ol dir={dir} {...(typeof head.start === "number" && { start: head.start })}>
      {items}
    </ol>
  );
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
