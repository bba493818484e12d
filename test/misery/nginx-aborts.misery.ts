import { testAfterEnd, testEveryMessage, testOrderTable } from './aborts';
import { useMiserableNginx } from './site';

const misery = useMiserableNginx();

testEveryMessage(misery);
testAfterEnd(misery);
testOrderTable(misery, {
  'OVER: LOG': 'the handle of an exchange that is over names none: whoever logs by it logs for no exchange',
  'IDLE: INFORM': 'nginx sends early hints from 1.29 on',
});
