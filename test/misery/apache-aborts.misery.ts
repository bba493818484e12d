import { testAfterEnd, testEveryMessage, testOrderTable } from './aborts';
import { useMiserableApache } from './site';

const misery = useMiserableApache();

testEveryMessage(misery);
testAfterEnd(misery);
testOrderTable(misery, {
  'OVER: LOG': 'the handle of an exchange that is over names none: whoever logs by it logs for no exchange',
});
