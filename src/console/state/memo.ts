import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

/** Renders again only when a property is another, or when `isSame` says that it matters. */
export function memo<Props extends object>(
  render: FunctionComponent<Props>,
  isSame: (a: Readonly<Props>, b: Readonly<Props>) => boolean = areEqual,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !isSame(this.props, next);
    }
    override render(): ComponentChild {
      return h(render, this.props);
    }
  }
  return (props) => h(Memo, props);
}

function areEqual(a: object, b: object): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => Object.is(Reflect.get(a, name), Reflect.get(b, name)));
}
