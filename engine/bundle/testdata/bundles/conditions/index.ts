import { nanoid } from "nanoid";
import { taken } from "local-conditions";
import { taken as sub } from "local-conditions/sub";
import { required } from "local-conditions/requires";

export default {
  fetch: (): Response => Response.json({ id: nanoid(7).length, taken, sub, required }),
};
