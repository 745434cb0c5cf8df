import ts from 'typescript';

/**
 * Literals with a word in them that an expression of the interface may come to. What functions give is theirs to
 * translate, and what is inside other elements of a page is looked at by itself.
 */
export function wordsIn(node: ts.Node): ts.Node[] {
  if (ts.isCallExpression(node) || ts.isFunctionLike(node) || ts.isComputedPropertyName(node)) return [];
  if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)) return [];
  // Keys are either not shown, or looked at by themselves.
  if (ts.isObjectLiteralExpression(node)) return [];
  if (ts.isBinaryExpression(node) && /^[=!]==/.test(node.operatorToken.getText())) return [];
  if (ts.isConditionalExpression(node)) return [...wordsIn(node.whenTrue), ...wordsIn(node.whenFalse)];
  if (ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node)) return [];
  // $(name) is an icon.
  const word = (text: string) => /\p{Letter}{2}/u.test(text.replaceAll(/\$\([\w~-]+\)/g, ''));
  if (ts.isStringLiteralLike(node)) return word(node.text) ? [node] : [];
  if (ts.isTemplateExpression(node)) {
    const own = [node.head, ...node.templateSpans.map(({ literal }) => literal)];
    return own.some(({ text }) => word(text))
      ? [node]
      : node.templateSpans.flatMap(({ expression }) => wordsIn(expression));
  }
  const found: ts.Node[] = [];
  ts.forEachChild(node, (child) => void found.push(...wordsIn(child)));
  return found;
}
