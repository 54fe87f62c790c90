import type { z } from 'zod';
import type { FieldProblem } from '#application/orchestration.ts';

/**
 * The faults that a schema found, one for each field: `field` is a dotted path such as `inputParameters.lines.0.sku`.
 * Parse with `reportInput: true`: absence is told by the input.
 * @param root name of the value as a whole, where a fault has no path
 */
export function fieldProblems(error: z.ZodError, root: string): readonly FieldProblem[] {
  return error.issues.flatMap((issue): readonly FieldProblem[] => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: [...path, key].join('.'),
        message: 'is not known here',
      }));
    }
    return [{ field: path.join('.') || root, message: messageOf(issue) }];
  });
}

/** Reads on from the name of the field. A message of a schema's own stands as it is. */
function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      // A parameter or header that came more than once.
      if (Array.isArray(issue.input) && issue.expected !== 'object')
        return `must be a single ${issue.expected}`;
      return issue.expected === 'int'
        ? 'must be a whole number'
        : `must be of type ${issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is required';
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must not be longer than ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'string' ? issue.message : `must be at least ${issue.minimum}`;
    default:
      return issue.message;
  }
}
