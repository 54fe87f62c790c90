import type { Condition, Mapping } from '#domain/definition/definition.ts';
import { formatPointer } from '#domain/definition/json-pointer.ts';
import type { Problem } from '#domain/definition/validation/problem.ts';
import { isJsonObject, type Json } from '#domain/json.ts';

/** SPEC 8: a condition nested deeper is refused. A lone comparison has depth 1; not, all and any each add 1. */
const MAX_CONDITION_DEPTH = 8;

const OPERATORS = ['equals', 'in', 'exists', 'gt', 'lt', 'not', 'all', 'any'] as const;
type Operator = (typeof OPERATORS)[number];

/** Everything that keeps authored JSON from being a condition: unknown operators, wrong operands, too deep. */
export function conditionProblems(value: Json, path: string): readonly Problem[] {
  return inspect(value, path, 1);
}

/** Narrows authored JSON to a condition. */
export function isCondition(value: Json): value is Condition {
  return conditionProblems(value, '').length === 0;
}

/** The mappings that a condition compares, each with its place. */
export function operandsOf(
  condition: Condition,
  path: string,
): readonly { readonly mapping: Mapping; readonly path: string }[] {
  if ('not' in condition) return operandsOf(condition.not, `${path}/not`);
  if ('all' in condition) return operandsOfEach(condition.all, `${path}/all`);
  if ('any' in condition) return operandsOfEach(condition.any, `${path}/any`);
  return Object.entries(condition).map(([operator, mapping]) => ({
    mapping,
    path: `${path}/${operator}`,
  }));
}

function operandsOfEach(parts: readonly Condition[], path: string) {
  return parts.flatMap((part, index) => operandsOf(part, `${path}/${index}`));
}

function inspect(value: Json, path: string, depth: number): readonly Problem[] {
  if (depth > MAX_CONDITION_DEPTH) {
    return [{ path, message: `conditions may be nested ${MAX_CONDITION_DEPTH} deep at most` }];
  }
  if (!isJsonObject(value)) return [{ path, message: `must be a condition: ${form()}` }];
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) {
    return [{ path, message: `must have exactly one operator: ${form()}` }];
  }
  const [operator, operand] = entry;
  if (!isOperator(operator)) {
    const at = path + formatPointer([operator]);
    return [{ path: at, message: `unknown operator: ${form()}` }];
  }
  return inspectOperand(operator, operand, `${path}/${operator}`, depth);
}

function inspectOperand(
  operator: Operator,
  operand: Json,
  path: string,
  depth: number,
): readonly Problem[] {
  switch (operator) {
    case 'exists':
      return [];
    case 'not':
      return inspect(operand, path, depth + 1);
    case 'all':
    case 'any':
      if (!Array.isArray(operand)) return [{ path, message: 'must be a list of conditions' }];
      return operand.flatMap((part: Json, index) => inspect(part, `${path}/${index}`, depth + 1));
    default:
      if (Array.isArray(operand) && operand.length === 2) return [];
      return [{ path, message: 'must be a list of two operands' }];
  }
}

function isOperator(name: string): name is Operator {
  return OPERATORS.some((operator) => operator === name);
}

function form(): string {
  return `{ operator: ... } with one of ${OPERATORS.join(', ')}`;
}
