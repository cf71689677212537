import { readFileSync } from "fs";
import data, { answer } from "./data.json";
import * as all from "./data.json" with { type: "json" };
import text from "./text.txt";
import { region } from "./settings";

// Waits at the top, before anything else in this file.
const waited = await new Promise<string>((resolve) => setTimeout(() => resolve("waited"), 5));

let optional: string;
try {
  optional = require("a-package-that-is-not-installed");
} catch (error) {
  optional = (error as { code: string }).code;
}

enum Colour {
  Red = "red",
}

class Answer {
  #parts: unknown[] = [];
  static kind = "answer";
  add(part: unknown): this {
    this.#parts.push(part);
    return this;
  }
  response(): Response {
    return Response.json(this.#parts);
  }
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/echo") return new Response(request.body, { status: 201 });
    if (pathname === "/lazy") return new Response((await import("./lazy")).lazy());
    if (pathname === "/stream") {
      const parts = ["one ", "two ", "three"].map((part) => new TextEncoder().encode(part));
      return new Response(new ReadableStream({
        pull(controller) {
          const part = parts.shift();
          if (part) controller.enqueue(part);
          else controller.close();
        },
      }));
    }
    return new Answer()
      .add(data.answer === answer && all.default.answer).add(text.trim()).add(waited).add(optional).add(region)
      .add(Colour.Red).add(Answer.kind).add(typeof readFileSync)
      .response();
  },
};
