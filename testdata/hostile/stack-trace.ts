Error.prepareStackTrace = () => { for (;;); };
throw new Error("mine");
