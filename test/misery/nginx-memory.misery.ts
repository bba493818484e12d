import { testEveryAllocation } from './memory';
import { useMiserableNginx } from './site';

testEveryAllocation(useMiserableNginx());
