// A notebook page that is none of Jupyter's own, on a real kernel: outputs are html or widgets of anywidget's kind.
// `vscode`: no model before a widget is shown, then all of them. `colab`: each cell's outputs in a frame of their own,
// with the models that are shown there and no others.
const VIEW = "application/vnd.jupyter.widget-view+json";

class Model {
  constructor(page, id, state, manager) {
    Object.assign(this, { page, id, state, widget_manager: manager, heard: [] });
  }
  get(name) { return this.state[name]; }
  on(name, callback) { this.heard.push([name, callback]); }
  off(name, callback) { this.heard = this.heard.filter(([n, c]) => n !== name || (callback && c !== callback)); }
  tell(name, ...what) { for (const [n, callback] of [...this.heard]) if (n === name) callback(...what); }
  send(content) { this.page.send("comm_msg", { comm_id: this.id, data: { method: "custom", content } }); }
  receive({ method, state, content }) {
    if (method === "custom") this.tell("msg:custom", content, []);
    for (const [name, value] of Object.entries(state ?? {})) {
      this.state[name] = value;
      this.tell(`change:${name}`);
    }
  }
}

/** The models and modules of one document. */
class Manager {
  constructor(page, window) {
    Object.assign(this, { page, window, made: new Map() });
  }
  get_model(id) {
    if (!this.made.has(id)) this.made.set(id, this.make(id));
    return this.made.get(id).then(({ model }) => model);
  }
  async make(id) {
    const model = new Model(this.page, id, { ...this.page.states.get(id) }, this);
    this.page.models.push(model);
    const url = this.window.URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
    const { default: widget } = await this.window.eval("(url) => import(url)")(url);
    await widget.initialize?.({ model });
    return { model, widget };
  }
  async show(id, el) {
    await this.get_model(id);
    const { model, widget } = await this.made.get(id);
    await widget.render({ model, el });
  }
}

class Page {
  states = new Map();
  models = [];
  shown = new Map();
  areas = new Map();
  done = new Map();
  constructor(mode) { this.mode = mode; }

  async connect(url) {
    this.socket = new WebSocket(url);
    this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    await new Promise((resolve) => (this.socket.onopen = resolve));
  }
  send(msg_type, content, metadata = {}) {
    const header = { msg_id: crypto.randomUUID(), msg_type, username: "", session: "page", version: "5.3", date: new Date().toISOString() };
    this.socket.send(JSON.stringify({ channel: "shell", header, parent_header: {}, metadata, content, buffers: [] }));
    return header.msg_id;
  }
  run(index, code) {
    const area = document.querySelector(`#cell-${index}`) ?? document.body.appendChild(document.createElement("section"));
    area.id = `cell-${index}`;
    area.replaceChildren();
    const cell = this.mode === "vscode" ? { cellId: `vscode-notebook-cell:/home/me/a.ipynb#W${index}sZmlsZQ%3D%3D` } : {};
    const id = this.send("execute_request", { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: true }, cell);
    this.areas.set(id, area);
    return new Promise((resolve) => this.done.set(id, resolve));
  }
  receive({ header, parent_header, content }) {
    switch (header.msg_type) {
      case "comm_open":
        this.states.set(content.comm_id, content.data.state);
        if (this.manager && content.data.state._esm) this.manager.get_model(content.comm_id);
        break;
      case "comm_msg":
        Object.assign(this.states.get(content.comm_id) ?? {}, content.data.state);
        for (const model of this.models) if (model.id === content.comm_id) model.receive(content.data);
        break;
      case "display_data": {
        const area = this.areas.get(parent_header.msg_id);
        const host = this.place(area).appendChild(document.createElement("div"));
        this.shown.set(content.transient.display_id, host);
        this.draw(host, content.data);
        break;
      }
      case "update_display_data":
        this.draw(this.shown.get(content.transient.display_id), content.data);
        break;
      case "stream":
        this.place(this.areas.get(parent_header.msg_id)).append(content.text);
        break;
      case "execute_reply":
        this.done.get(parent_header.msg_id)?.(content.status);
    }
  }
  /** Where a cell's outputs stand: in the page, or in the cell's own frame. */
  place(area) {
    if (this.mode === "vscode") return area;
    const frame = area.querySelector("iframe") ?? area.appendChild(document.createElement("iframe"));
    frame.style.cssText = "width: 100%; height: 900px; border: 0";
    frame.contentDocument.body.style.color = getComputedStyle(document.body).color;
    return frame.contentDocument.body;
  }
  draw(host, data) {
    if (!data[VIEW]) {
      host.innerHTML = data["text/html"] ?? data["text/plain"];
      return;
    }
    const window = host.ownerDocument.defaultView;
    if (!window.manager) {
      window.manager = new Manager(this, window);
      if (this.mode === "vscode") {
        this.manager = window.manager;
        for (const [id, state] of this.states) if (state._esm) this.manager.get_model(id);
      }
    }
    window.manager.show(data[VIEW].model_id, host);
  }
}
window.Page = Page;
