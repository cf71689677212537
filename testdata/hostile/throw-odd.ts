throw { toString() { throw new Error("again"); }, get message() { throw new Error("again"); } };
