import type { HttpBinding, HttpMethod } from '#domain/definition/definition.ts';
import { isJsonObject } from '#domain/json.ts';
import type { JsonObject } from '#domain/json.ts';
import { tokenOf } from '#simulator/random.ts';

/** One operation of a service: what the platform's API documents say of it, and how its answer looks. */
export type Operation = {
  readonly name: string;
  /** null: reached by `POST /operations/{name}` alone (SPEC 9); with a binding it is reached both ways. */
  readonly http: HttpBinding | null;
  /** The documents' `name(VARIANT)` spellings: known names of the same operation. */
  readonly variants: readonly string[];
  /** false: it only reads, and never enters the ledger. */
  readonly effect: boolean;
  /** Names of the operations that may undo it; none: nothing to undo. */
  readonly undoneBy: readonly string[];
  /** The point of no return: what was done before it must not be undone after it. */
  readonly pivot: boolean;
  readonly reply: ReplyBuilder;
  /** What the service tells everybody once the work is done; null: nothing. */
  readonly announces: Announcement | null;
  /** The 200 by which the service says no, with nothing done; null: it has no such answer. */
  readonly refusal: ReplyBuilder | null;
};

/** An event of a service: its CloudEvents type, and its data, built as a reply is. */
export type Announcement = { readonly type: string; readonly data: ReplyBuilder };

export type ReplyBuilder = (asked: Asked) => JsonObject;

/** What a reply is built from. */
export type Asked = {
  readonly params: Readonly<Record<string, string>>;
  /** The JSON body, or the query of a GET or DELETE. */
  readonly input: JsonObject;
  /** A fresh identifier, the same for the same seed and idempotency key. */
  readonly id: (prefix: string) => string;
  /** The identifier that the caller named in path or input, else a fresh one. */
  readonly ref: (name: string, prefix: string) => string;
  /** The objects of the input's first array (lines, items, tasks, ...); at least one, be it empty. */
  readonly lines: () => readonly JsonObject[];
};

/** Binds the builders' view of a call; `scope` names the source of its identifiers. */
export function askedOf(
  scope: string,
  params: Readonly<Record<string, string>>,
  input: JsonObject,
): Asked {
  const id = (prefix: string) => `${prefix}-${tokenOf(`${scope}|${prefix}`)}`;
  return {
    params,
    input,
    id,
    ref: (name, prefix) => {
      const named = params[name] ?? input[name];
      return typeof named === 'string' && named !== '' ? named : id(prefix);
    },
    lines: () => {
      const list = Object.values(input).find((value) => Array.isArray(value) && value.length > 0);
      const lines = Array.isArray(list) ? list.filter(isJsonObject) : [];
      return lines.length > 0 ? lines : [{}];
    },
  };
}

type Extras = {
  readonly variants?: readonly string[];
  readonly undoneBy?: readonly string[];
  readonly pivot?: boolean;
  readonly refusal?: ReplyBuilder;
  readonly announces?: Announcement;
};

/** An operation that only reads. `route` is `METHOD /path/{param}`; null: no HTTP in the documents. */
export function read(
  name: string,
  route: string | null,
  reply: ReplyBuilder,
  extras: Extras = {},
): Operation {
  return operation(name, route, false, reply, extras);
}

/** An operation that changes something. */
export function effect(
  name: string,
  route: string | null,
  reply: ReplyBuilder,
  extras: Extras = {},
): Operation {
  return operation(name, route, true, reply, extras);
}

/** An operation that takes another's effect back; answers with the path's parameters and `status`. */
export function undo(name: string, route: string | null, status: string): Operation {
  return operation(name, route, true, ({ params }) => ({ ...params, status }), {});
}

/** All spellings under which definitions may name the operation. */
export function spellingsOf(of: Operation): readonly string[] {
  return [of.name, ...of.variants.map((variant) => `${of.name}(${variant})`)];
}

function operation(
  name: string,
  route: string | null,
  hasEffect: boolean,
  reply: ReplyBuilder,
  extras: Extras,
): Operation {
  return {
    name,
    http: route === null ? null : binding(route),
    variants: extras.variants ?? [],
    effect: hasEffect,
    undoneBy: extras.undoneBy ?? [],
    pivot: extras.pivot ?? false,
    reply,
    refusal: extras.refusal ?? null,
    announces: extras.announces ?? null,
  };
}

const METHODS: ReadonlySet<string> = new Set<HttpMethod>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

function binding(route: string): HttpBinding {
  const [method = '', path = ''] = route.split(' ');
  if (!isMethod(method)) throw new Error(`route ${route} has no HTTP method`);
  return { method, path };
}

function isMethod(text: string): text is HttpMethod {
  return METHODS.has(text);
}
