import test from 'ava';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Reception } from '#application/inbound/receive-event.ts';
import { startApi } from '#test/api/support/start-api.ts';

const EVENT = {
  specversion: '1.0',
  id: 'e-1',
  source: '/orders',
  type: 'com.example.fulfillment.order.validated',
  data: { order: { order_id: 'o-1' } },
};

/** An API behind which this is answered to every event. */
async function answering(t: Parameters<typeof startApi>[0], reception: Reception) {
  const seen: IncomingEvent[] = [];
  const api = await startApi(t, {
    receiveEvent: async (event) => {
      seen.push(event);
      return reception;
    },
  });
  return {
    seen,
    post: (body: object) => api.call('POST', '/events', { body: { ...body } }),
    ...api,
  };
}

test('an event is handed on as it was read, and its effect told', async (t) => {
  const done = { kind: 'done', outcome: 'started', workflowIds: ['w-1'] } as const;
  const { post, seen } = await answering(t, done);
  const { status, json } = await post(EVENT);
  t.is(status, 200);
  t.deepEqual(json, { result: 'done', outcome: 'started', workflowIds: ['w-1'] });
  t.deepEqual(seen, [
    {
      source: '/orders',
      id: 'e-1',
      type: EVENT.type,
      subject: null,
      time: null,
      data: EVENT.data,
      origin: null,
    },
  ]);
});

test('a duplicate, an ignored and a parked event are told as such', async (t) => {
  const receptions: [Reception, number][] = [
    [{ kind: 'duplicate', outcome: 'started' }, 200],
    [{ kind: 'ignored' }, 200],
    [{ kind: 'parked' }, 202],
  ];
  for (const [reception, expected] of receptions) {
    const { post } = await answering(t, reception);
    const { status, json } = await post(EVENT);
    t.is(status, expected);
    t.like(json, { result: reception.kind, workflowIds: [] });
  }
});

test('a refusal is told to the caller, with its reason', async (t) => {
  const refusals = [
    ['unmatched', 404, 'RESOURCE_NOT_FOUND'],
    ['rejected', 400, 'VALIDATION_ERROR'],
    ['id-reused', 409, 'EVENT_ID_REUSED'],
  ] as const;
  for (const [reason, expected, error] of refusals) {
    const { post } = await answering(t, { kind: 'refuse', reason, detail: 'because of this' });
    const { status, json } = await post(EVENT);
    t.is(status, expected);
    t.like(json, { error });
    t.regex(String(json['detail']), /because of this/);
  }
});

const WRONG: Readonly<Record<string, [object, RegExp]>> = {
  'without id': [{ ...EVENT, id: undefined }, /id is missing/],
  'of specversion 0.3': [{ ...EVENT, specversion: '0.3' }, /must be 1\.0, not "0\.3"/],
  'that is none': [{ order: 1 }, /specversion must be 1\.0, not absent/],
  'with XML in it': [{ ...EVENT, datacontenttype: 'text/xml', data: '<a/>' }, /not JSON/],
};
for (const [what, [body, fault]] of Object.entries(WRONG)) {
  test(`an event ${what} is a 400 that says so, and goes no further`, async (t) => {
    const { post, seen } = await answering(t, { kind: 'ignored' });
    const { status, json } = await post(body);
    t.is(status, 400);
    t.regex(String(json['detail']), fault);
    t.deepEqual(seen, []);
  });
}

test('an event may come under the content type of CloudEvents', async (t) => {
  const { call } = await answering(t, { kind: 'ignored' });
  const headers = { 'Content-Type': 'application/cloudevents+json; charset=utf-8' };
  const { status } = await call('POST', '/events', { body: EVENT, headers });
  t.is(status, 200);
});
