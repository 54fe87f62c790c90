import { z } from 'zod';
import { UndecodableError } from '#application/inbound/message-text.ts';

/** The attributes of CloudEvents 1.0 that are used; extensions are let through and not looked at. */
const attributesSchema = z.object({
  specversion: z.literal('1.0', { error: ({ input }) => `must be 1.0, not ${shown(input)}` }),
  id: attribute(500),
  source: attribute(1000),
  type: attribute(500),
  subject: attribute(1000).nullish(),
  time: z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time' }).nullish(),
  datacontenttype: z.string().nullish(),
});

export type Attributes = z.output<typeof attributesSchema>;

/**
 * The attributes of a CloudEvent, whether they came as JSON members or as headers.
 * @throws UndecodableError that names each attribute that is missing or wrong
 */
export function readAttributes(given: unknown): Attributes {
  const result = attributesSchema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new UndecodableError(`is no CloudEvent 1.0: ${faults.join('; ')}`);
}

/** Is data of this content type JSON? Without one it is, by CloudEvents' own rule. */
export function isJsonType(contentType: string | null | undefined): boolean {
  if (contentType === null || contentType === undefined) return true;
  return /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim());
}

function attribute(longest: number) {
  return z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') })
    .min(1, 'must not be empty')
    .max(longest, `must not be longer than ${longest} characters`);
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value)?.slice(0, 50) ?? typeof value);
}
