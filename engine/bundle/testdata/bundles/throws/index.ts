import { check } from "./lib/check";

interface Padding {
  lines: "that leave no trace in the bundle";
}

export default {
  fetch(request: Request): Response {
    const limit = 3;
    check(new URL(request.url).pathname.length, limit);
    return new Response("within the limit");
  },
};
