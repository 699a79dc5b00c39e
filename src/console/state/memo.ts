import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

/** Renders again only when a property is another. */
export function memo<Props extends object>(
  render: FunctionComponent<Props>,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return differ(this.props, next);
    }
    override render(): ComponentChild {
      return h(render, this.props);
    }
  }
  return (props) => h(Memo, props);
}

function differ(a: object, b: object): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].some((name) => !Object.is(Reflect.get(a, name), Reflect.get(b, name)));
}
