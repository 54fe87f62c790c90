import { effect, read } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

/** Planning and record-keeping. The documents give the last four services no operation: theirs here are of our own making. */
export const SUPPORT: Readonly<Record<string, readonly Operation[]>> = {
  'labor-management-service': [
    read('getRecommendations', 'GET /recommendations', () => ({
      recommendations: [{ zone: 'A', workers: 6 }],
      sufficient: true,
    })),
  ],
  'notification-service': [
    effect('notifyShipped', null, ({ id }) => ({ notificationId: id('NTF'), status: 'QUEUED' })),
    effect('notifyQuality', null, ({ id }) => ({ notificationId: id('NTF'), status: 'QUEUED' })),
  ],
  'audit-service': [
    effect('recordFulfillment', null, ({ id }) => ({ auditId: id('AUD') })),
    effect('recordCount', null, ({ id }) => ({ auditId: id('AUD') })),
  ],
  'edi-integration': [
    effect('sendDespatchAdvice', null, ({ id }) => ({ messageId: id('EDI'), status: 'SENT' })),
  ],
  'analytics-service': [
    effect('recordMeasurement', null, ({ id }) => ({ measurementId: id('MSR') })),
  ],
  'reporting-service': [
    effect('generateReport', null, ({ id }) => ({ reportId: id('RPT'), status: 'READY' })),
  ],
  'configuration-service': [read('getConfiguration', null, () => ({ settings: {} }))],
};
