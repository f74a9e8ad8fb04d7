// JupyterLab and VS Code say with variables what is light and dark. On other pages (a plain one, Colab, Voilà) the
// text's own colour tells; ipywidgets' variables don't, they are light everywhere.
const SAYS_SO = "[data-jp-theme-light], .vscode-light, .vscode-dark, .vscode-high-contrast";

/** Whether the page of this element has light text, and says by no variables which colours go with it. */
export function isOnDark(element: Element): boolean {
  if (element.closest(SAYS_SO)) return false;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body).color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 140;
}
