import { budgetSuite } from './budget';
import { eventsSuite } from './events';
import { evidenceSuite } from './evidence';
import { grantApprovalsSuite } from './grant-approvals';
import { holdsSuite } from './holds';
import { hrRecordsSuite } from './hr-records';
import { linksSuite } from './links';
import { openingSuite } from './opening';
import { peopleSuite } from './people';
import { tamperingSuite } from './tampering';
import { timeBoxesSuite } from './time-boxes';
import { togetherSuite } from './together';
import { upgradingSuite } from './upgrading';

/** What every database must do alike. */
export const suites = [
  openingSuite,
  upgradingSuite,
  togetherSuite,
  peopleSuite,
  eventsSuite,
  linksSuite,
  budgetSuite,
  holdsSuite,
  timeBoxesSuite,
  grantApprovalsSuite,
  hrRecordsSuite,
  evidenceSuite,
  tamperingSuite,
];
