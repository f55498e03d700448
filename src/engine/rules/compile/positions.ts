// Positions are objects of their own, one a node: they tell which text a fault counts in (the rule's condition or a
// macro's), and lead to the part of a check that is at fault, where Falco only names the check.

import type { BinaryExpr, CheckPart, Expr, FieldExpr, Position } from '../../condition/syntax/ast.js';
import { printOperand } from '../../condition/syntax/printer.js';
import type { Fault } from '../../condition/syntax/result.js';

export type Node = Expr | CheckPart;

/** Whether a position belongs to a tree. */
export function findPosition(node: Node, position: Position): boolean {
  return firstNode(node, (one) => one.position === position) !== undefined;
}

export function firstNode(root: Node, wanted: (node: Node) => boolean): Node | undefined {
  for (const node of nodesOf(root)) if (wanted(node)) return node;
  return undefined;
}

/** All nodes of a tree, each before what it holds, left to right. */
export function* nodesOf(root: Node): Generator<Node> {
  const stack: Node[] = [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    const children = childrenOf(next);
    for (let index = children.length - 1; index >= 0; index--) stack.push(children[index]!);
  }
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.operands;
    case 'not':
      return [node.operand];
    case 'exists':
      return [node.left];
    case 'binary':
      return [node.left, node.right];
    case 'transformer':
      return node.args;
    case 'transformer-list':
      return node.items;
    case 'identifier':
    case 'field':
    case 'value':
    case 'list':
      return [];
  }
}

/** Messages about the value on the right of an operator. */
const ABOUT_VALUE =
  /^invalid regex pattern|is not a valid number$|^filter parameter too long|^unrecognized |^invalid (?:v6 )?netmask|NUL byte|unrecognized boolean|support hex strings only/;

/** The position of the part that a compiler's message is about. */
export function faultyPart(expr: Expr, { message, position }: Fault): Position {
  const isCheck = (node: Node): boolean =>
    node.position === position && (node.kind === 'binary' || node.kind === 'exists');
  const check = firstNode(expr, isCheck) as BinaryExpr | undefined;
  if (check === undefined) return position;
  if (ABOUT_VALUE.test(message) && check.kind === 'binary') return check.right.position;
  const named = (node: Node): boolean => node.kind === 'field' && isNamed(node, message);
  return firstNode(check, named)?.position ?? position;
}

function isNamed(field: FieldExpr, message: string): boolean {
  const spelled = field.argument === undefined ? field.name : `${field.name}[${field.argument}]`;
  return (
    message.endsWith(` ${spelled}`) ||
    message.includes(`'${printOperand(field)}'`) ||
    message.includes(`'${spelled}'`)
  );
}
