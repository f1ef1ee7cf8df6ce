/**
 * The record is there and cannot be acted on: it lacks what names the person, or contradicts itself. HR has to mend it;
 * it is read again then.
 */
export class HrRecordUnusable extends Error {
  override readonly name = 'HrRecordUnusable';
}
