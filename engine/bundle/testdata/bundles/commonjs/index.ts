import { chunk } from "lodash";
import ms from "ms";
import local, { named, place } from "local-cjs";

export default {
  fetch(): Response {
    return Response.json({ chunks: chunk([1, 2, 3], 2), ms: ms("2 days"), named, keys: Object.keys(local), place });
  },
};
