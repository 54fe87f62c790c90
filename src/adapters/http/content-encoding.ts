import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Buffer;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
]);

export type DecodedBody =
  | { readonly kind: 'decoded'; readonly body: Buffer }
  | { readonly kind: 'undecodable'; readonly problem: string };

/**
 * Undoes the Content-Encoding of a body. We ask for none, but a gateway in between may not care.
 *
 * Synchronous on purpose: input and output are both capped, so this is a millisecond at the worst.
 *
 * @param limit bytes that may come out; decompression stops there
 */
export function decodeBody(
  body: Buffer,
  contentEncoding: string | undefined,
  limit: number,
): DecodedBody {
  const encoding = contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '' || body.length === 0) {
    return { kind: 'decoded', body };
  }
  const decode = DECODERS.get(encoding);
  if (decode === undefined)
    return undecodable(`is encoded as ${encoding}, which was not asked for`);
  try {
    return { kind: 'decoded', body: decode(body, { maxOutputLength: limit }) };
  } catch (error) {
    return undecodable(
      error instanceof RangeError ? `is larger than ${limit} bytes` : `is not valid ${encoding}`,
    );
  }
}

function undecodable(problem: string): DecodedBody {
  return { kind: 'undecodable', problem };
}
