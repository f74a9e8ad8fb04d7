// Whatever is drawn here is ours, with names of others in it: what turns the direction of reading, or can't be seen, is
// spelled out in all of it. Only what somebody wrote as a text stands as it is, in an element of its own.
import { options, type VNode } from "preact";
import { spelled } from "./blocks/names";

const TEXTS = /\bnbk-(?:plain|result)-text\b/;
const SHOWN = ["title", "aria-label", "aria-description", "placeholder"];

const before = options.vnode;
options.vnode = (vnode: VNode) => {
  if (typeof vnode.type === "string") spell(vnode.props as Record<string, unknown>);
  before?.(vnode);
};

function spell(props: Record<string, unknown>): void {
  for (const name of SHOWN) if (typeof props[name] === "string") props[name] = spelled(props[name]);
  const { children } = props;
  if (TEXTS.test(String(props["class"]))) return;
  if (typeof children === "string") props["children"] = spelled(children);
  else if (Array.isArray(children)) {
    props["children"] = children.map((each) => (typeof each === "string" ? spelled(each) : each));
  }
}
