// Runs inside of the page that is looked at.
globalThis.mailTruth = {
  /** Letters in another order take the same room only without kerning and ligatures. */
  prepare() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { font-kerning: none !important; font-variant-ligatures: none !important }');
    document.adoptedStyleSheets = [sheet];
  },

  textNodes() {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    const nodes = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) nodes.push(node);
    return nodes;
  },

  /** The words of all texts, and the rectangles of their letters on the page. */
  place() {
    return this.textNodes().map((node) => ({
      text: node.nodeValue,
      words: [...node.nodeValue.matchAll(/[^\s\u00a0]+/g)].map((match) => {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        // Lists of choices and text fields draw their texts by themselves.
        const select = node.parentElement === null ? null : node.parentElement.closest('select, textarea');
        const rectangles = [...(select ?? range).getClientRects()].map(({ x, y, width, height }) => ({
          x: x + window.scrollX,
          y: y + window.scrollY,
          width,
          height,
        }));
        return { text: match[0], start: match.index, rectangles };
      }),
    }));
  },

  /** Puts the letters of words into another order: of all texts, or of those with these numbers. */
  scramble(numbers) {
    const chosen = numbers === undefined ? undefined : new Set(numbers);
    for (const [index, node] of this.textNodes().entries()) {
      const parent = node.parentElement === null ? '' : node.parentElement.localName;
      if (parent === 'style' || parent === 'script' || (chosen !== undefined && !chosen.has(index))) continue;
      node.nodeValue = node.nodeValue.replaceAll(/[^\s\u00a0]+/g, (word) => [...word].toReversed().join(''));
    }
  },

  size() {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { width: scrollWidth, height: scrollHeight };
  },
};
