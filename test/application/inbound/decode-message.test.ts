import test from 'ava';
import { decodeMessage } from '#application/inbound/decode-message.ts';
import { fingerprintOf } from '#application/inbound/incoming-event.ts';
import { UndecodableError } from '#application/inbound/message-text.ts';
import type { ReceivedMessage } from '#application/ports/event-bus.ts';
import { ORDERS } from '#test/application/inbound/inbound-engine.ts';
import { orderEvent, received } from '#test/application/inbound/messages.ts';

const BARE = new Map([['bare.orders', { id: '/meta/id', type: '/meta/kind', data: '/body' }]]);
const decode = (message: ReceivedMessage) => decodeMessage(message, BARE);

const CE_HEADERS = {
  ce_specversion: '1.0',
  ce_id: 'e-1',
  ce_source: '/orders',
  ce_type: 'com.example.fulfillment.order.validated',
  'content-type': 'application/json; charset=utf-8',
};

test('a structured CloudEvent is read, with and without its content type', (t) => {
  const expected = {
    source: '/orders',
    id: 'validated-o-1',
    type: 'com.example.fulfillment.order.validated',
    subject: null,
    time: '2026-01-01T00:00:00Z',
    data: { order: { order_id: 'o-1', customer: 'mia' } },
    origin: { topic: ORDERS, partition: 0, offset: '7' },
  };
  const value = orderEvent('validated', 'o-1');
  t.deepEqual(decode(received(value, { offset: '7' })), expected);
  for (const name of ['content-type', 'Content-Type']) {
    const headers = { [name]: 'application/cloudevents+json; charset=UTF-8' };
    t.deepEqual(decode(received(value, { offset: '7', headers })), expected);
  }
});

test('a binary CloudEvent is read from headers and value', (t) => {
  const headers = { ...CE_HEADERS, ce_subject: 'o-1', ce_custom: 'x', other: 'y' };
  t.deepEqual(decode(received('{"a":[1]}', { offset: '7', headers })), {
    source: '/orders',
    id: 'e-1',
    type: 'com.example.fulfillment.order.validated',
    subject: 'o-1',
    time: null,
    data: { a: [1] },
    origin: { topic: ORDERS, partition: 0, offset: '7' },
  });
});

test('bare JSON is named by its place, or by what the configuration points to', (t) => {
  const plain = decode(received('{"taskId":"T-1"}', { topic: 'task.completed', offset: '7' }));
  t.like(plain, { source: 'kafka:task.completed', id: 'task.completed/0/7', type: null });
  t.deepEqual(plain.data, { taskId: 'T-1' });

  const told = '{"meta":{"id":42,"kind":"validated"},"body":{"id":"o-1"}}';
  const pointed = decode(received(told, { topic: 'bare.orders' }));
  t.like(pointed, { source: 'kafka:bare.orders', id: '42', type: 'validated' });
  t.deepEqual(pointed.data, { id: 'o-1' });
});

test('a bare message that is sent again out of the dead letters keeps its name', (t) => {
  const headers = { 'wes-replay-of': 'task.completed/0/7' };
  const again = received('{"taskId":"T-1"}', { topic: 'task.completed', offset: '99', headers });
  t.is(decode(again).id, 'task.completed/0/7');
});

test('data in base64 is decoded', (t) => {
  const data_base64 = Buffer.from('{"a":"ü"}').toString('base64');
  const value = orderEvent('validated', 'o-1', { data: undefined, data_base64 });
  t.deepEqual(decode(received(value)).data, { a: 'ü' });
});

test('structured and binary forms of one event have one fingerprint; another time changes nothing, other data do', (t) => {
  const structured = decode(received(orderEvent('validated', 'o-1')));
  const data = JSON.stringify({ order: { customer: 'mia', order_id: 'o-1' } });
  const binary = decode(received(data, { headers: CE_HEADERS }));
  t.is(fingerprintOf(structured), fingerprintOf(binary));
  const restamped = { ...structured, time: null };
  t.is(fingerprintOf(structured), fingerprintOf(restamped));
  t.not(fingerprintOf(structured), fingerprintOf({ ...structured, data: {} }));
  t.not(fingerprintOf(structured), fingerprintOf({ ...structured, type: 'other' }));
});

const ce = (more: object) => received(orderEvent('validated', 'o-1', { ...more }));

const BAD: readonly (readonly [string, ReceivedMessage, RegExp])[] = [
  ['a message without value', received(null), /no value/],
  ['an empty message', received(''), /not valid JSON/],
  ['a message of 2 MiB', received('x'.repeat(2 ** 21)), /2097152 bytes, more than 1048576/],
  [
    'invalid UTF-8',
    received(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])),
    /the message is not valid UTF-8/,
  ],
  ['a lone surrogate', received('{"a":"\\ud800"}'), /not well-formed Unicode/],
  ['half of a JSON text', received('{"a":'), /not valid JSON/],
  ['JSON that is no object', received('[1]'), /no JSON object/],
  [
    'JSON of endless depth',
    received('['.repeat(50_000) + ']'.repeat(50_000)),
    /nested deeper than 64/,
  ],
  ['a field __proto__', received('{"__proto__":{"a":1}}'), /must not be used as a field name/],
  ['a CloudEvent without id', ce({ id: undefined }), /no CloudEvent 1\.0: id is missing/],
  ['a CloudEvent with an empty id', ce({ id: '' }), /id must not be empty/],
  ['a CloudEvent whose id is a number', ce({ id: 7 }), /id must be text/],
  [
    'a CloudEvent with an id of 10 KB',
    ce({ id: 'x'.repeat(10_000) }),
    /id must not be longer than 500/,
  ],
  ['a CloudEvent without source', ce({ source: undefined }), /source is missing/],
  [
    'a CloudEvent of specversion 0.3',
    ce({ specversion: '0.3' }),
    /specversion must be 1\.0, not "0\.3"/,
  ],
  [
    'a CloudEvent with a time that is none',
    ce({ time: 'yesterday' }),
    /time must be an RFC 3339 time/,
  ],
  [
    'a CloudEvent with XML in it',
    ce({ datacontenttype: 'text/xml' }),
    /data is text\/xml, not JSON/,
  ],
  [
    'a batch of CloudEvents',
    received('[]', { headers: { 'content-type': 'application/cloudevents-batch+json' } }),
    /batch/,
  ],
  [
    'a binary CloudEvent of specversion 0.3',
    received('{}', { headers: { ...CE_HEADERS, ce_specversion: '0.3' } }),
    /specversion must be 1\.0/,
  ],
  [
    'a binary CloudEvent with Avro in it',
    received('{}', { headers: { ...CE_HEADERS, 'content-type': 'application/avro' } }),
    /application\/avro, not JSON/,
  ],
  [
    'a binary CloudEvent without id',
    received('{}', { headers: { ce_specversion: '1.0', ce_source: '/s', ce_type: 't' } }),
    /id is missing/,
  ],
  [
    'a header that is not UTF-8',
    received('{}', { headers: { ...CE_HEADERS, ce_id: new Uint8Array([0xff]) } }),
    /header ce_id is not valid UTF-8/,
  ],
  [
    'bare JSON without its id',
    received('{"meta":{"kind":"x"},"body":{}}', { topic: 'bare.orders' }),
    /no name of 1 to 500 characters at \/meta\/id/,
  ],
  [
    'bare JSON without its data',
    received('{"meta":{"id":"1","kind":"x"}}', { topic: 'bare.orders' }),
    /no data at \/body/,
  ],
];

for (const [what, message, why] of BAD) {
  test(`${what} is undecodable, and it is said why`, (t) => {
    t.throws(() => decode(message), { instanceOf: UndecodableError, message: why });
  });
}
