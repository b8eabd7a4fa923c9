#include "tests/ptx/program.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

namespace warp2vec::ptx {
namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string trimmed(std::string_view s) {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return std::string(s);
}

/// Replaces comments by blanks; line numbers do not change.
std::string without_comments(std::string text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '/' || (text[i + 1] != '/' && text[i + 1] != '*')) continue;
    const bool block = text[i + 1] == '*';
    std::size_t end = text.find(block ? "*/" : "\n", i + 2);
    end = end == std::string::npos ? text.size() : end + (block ? 2 : 0);
    std::replace_if(
        text.begin() + static_cast<std::ptrdiff_t>(i), text.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return c != '\n'; }, ' ');
  }
  return text;
}

std::vector<std::string> split(const std::string& s, char separator) {
  std::vector<std::string> pieces(1);
  int depth = 0;  // of brackets
  for (const char c : s) {
    if (c == '{' || c == '[' || c == '(') ++depth;
    if (c == '}' || c == ']' || c == ')') --depth;
    if (c == separator && depth == 0)
      pieces.emplace_back();
    else
      pieces.back() += c;
  }
  for (std::string& piece : pieces) piece = trimmed(piece);
  if (pieces.back().empty()) pieces.pop_back();
  return pieces;
}

/// The elements of {a, b}, or a alone.
std::vector<std::string> elements_of(const std::string& s) {
  return s.front() == '{' ? split(s.substr(1, s.size() - 2), ',') : std::vector<std::string>{s};
}

char width_of_bits(const std::string& type) {
  if (type == "pred") return 'p';
  const std::string bits = type.substr(1);
  if (bits == "16") return 'h';
  if (bits == "32") return 'w';
  if (bits == "64") return 'd';
  throw Error("type " + type);
}

std::uint32_t bytes_of_type(const std::string& type) {
  return type == "bf16x2" ? 4 : static_cast<std::uint32_t>(std::stoul(type.substr(1))) / 8;
}

std::uint32_t rounded_up(std::uint32_t n, std::uint32_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// A variable declaration: ".param .align 8 .b8 name[24]", ".param .u64 .ptr .align 1 name", ".shared ...".
struct Variable {
  explicit Variable(const std::string& text) {
    std::string type;
    bool pointer = false;
    std::vector<std::string> words;
    for (const std::string& word : split(text, ' '))
      if (!word.empty()) words.push_back(word);
    name = words.back();
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (words[i] == ".align" && !pointer)
        align = static_cast<std::uint32_t>(std::stoul(words[++i]));
      else if (words[i] == ".ptr")
        pointer = true;
      else if (words[i][0] == '.' && !pointer)
        type = words[i].substr(1);
    }
    bytes = bytes_of_type(type);
    align = std::max(align, bytes);
    if (const std::size_t bracket = name.find('['); bracket != std::string::npos) {
      const std::string size = name.substr(bracket + 1, name.size() - bracket - 2);
      bytes *= size.empty() ? 0 : static_cast<std::uint32_t>(std::stoul(size));
      name.resize(bracket);
    }
  }

  std::string name;
  std::uint32_t align = 1;
  std::uint32_t bytes = 0;
};

class Loader {
 public:
  Loader(const std::string& module, const std::string& name) : text_(without_comments(module)) {
    program_.name = name;
    find_dynamic_shared();
    const Definition entry = definition(".entry ", name);
    for (const std::string& declaration : entry.parameters) {
      const Variable v(declaration);
      const std::uint32_t offset = rounded_up(program_.parameter_bytes, v.align);
      program_.parameters.push_back({offset, v.bytes});
      symbols_[v.name] = offset;
      program_.parameter_bytes = offset + v.bytes;
    }
    read_limits(entry.directives);
    read_body(entry.body);
    for (const auto& [index, label] : branches_) {
      const auto at = labels_.find(label);
      if (at == labels_.end()) throw Error("no label " + label);
      program_.code[index].target = at->second;
    }
  }

  Program take() { return std::move(program_); }

 private:
  // "Performance-Tuning Directives": only the maximum block size matters here.
  void read_limits(const std::string& directives) {
    const std::string limit = ".maxntid ";
    if (const std::size_t at = directives.find(limit); at != std::string::npos)
      program_.most_threads = static_cast<std::uint32_t>(std::stoul(directives.substr(at + limit.size())));
  }

  /// ".entry name(...)", ".func name(...)" or ".func (result) name(...)", followed by directives and a body.
  struct Definition {
    std::vector<std::string> parameters;  // including a result, which comes first
    std::string directives;
    std::size_t body;
  };

  Definition definition(const std::string& kind, const std::string& name) const {
    for (std::size_t at = 0; (at = text_.find(name + "(", at)) != std::string::npos; ++at) {
      const std::size_t open = at + name.size();
      const std::size_t close = text_.find(')', open);
      const std::size_t end = text_.find_first_of("{;", close);
      const std::size_t begin = text_.rfind(kind, at);
      if (begin == std::string::npos || end == std::string::npos || text_[end] == ';') continue;
      Definition found{{}, text_.substr(close + 1, end - close - 1), end + 1};
      const std::string result =
          trimmed(std::string_view(text_).substr(begin + kind.size(), at - begin - kind.size()));
      if (!result.empty() && result.front() != '(') continue;  // a longer name that ends like this one
      if (!result.empty()) found.parameters = split(result.substr(1, result.size() - 2), ',');
      for (const std::string& p : split(text_.substr(open + 1, close - open - 1), ','))
        found.parameters.push_back(p);
      return found;
    }
    throw Error("no " + kind + name);
  }

  /// Statically sized arrays of the kernel; those sized at launch follow them.
  void declare_shared(const std::string& declaration) {
    const Variable v(declaration);
    const std::uint32_t offset = rounded_up(program_.static_shared_bytes, v.align);
    symbols_[v.name] = kSharedBase + offset;
    program_.static_shared_bytes = offset + v.bytes;
  }
  void find_dynamic_shared() {
    const std::string head = ".extern .shared ";
    for (std::size_t at = 0; (at = text_.find(head, at)) != std::string::npos; at += head.size()) {
      const std::size_t begin = at + std::string(".extern ").size();
      dynamic_shared_.insert(Variable(text_.substr(begin, text_.find(';', at) - begin)).name);
    }
  }

  /// Thread-local variables and call parameters.
  void declare_local(const std::string& declaration) {
    const Variable v(declaration);
    const std::uint32_t offset = rounded_up(program_.local_bytes, std::max<std::uint32_t>(v.align, 8));
    symbols_[v.name] = kLocalBase + offset;
    program_.local_bytes = offset + v.bytes;
  }

  void read_body(std::size_t begin) {
    auto line = static_cast<std::int32_t>(
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
    int depth = 1;  // of blocks
    int inner = 0;  // of braces within a statement
    std::string statement;
    std::int32_t statement_line = line;
    for (std::size_t i = begin; depth > 0 && i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '\n') ++line;
      if (statement.empty()) {
        if (c == '{') ++depth;
        if (c == '}') --depth;
        if (is_blank(c) || c == '{' || c == '}') continue;
        statement_line = line;
      }
      if (c == '{') ++inner;
      if (c == '}') --inner;
      if (c == ':' && statement[0] == '$') {
        labels_[call_ + trimmed(statement)] = static_cast<std::int32_t>(program_.code.size());
        statement.clear();
      } else if (c == ';' && inner == 0) {
        read_statement(trimmed(statement), statement_line);
        statement.clear();
      } else {
        statement += is_blank(c) ? ' ' : c;
      }
    }
  }

  std::uint32_t room(char width) {
    const std::uint32_t bytes = width == 'p' ? 4 : kLanes * (width == 'h' ? 2 : width == 'w' ? 4 : 8);
    const std::uint32_t at = rounded_up(program_.register_bytes, width == 'p' ? 4 : 64);
    program_.register_bytes = at + bytes;
    return at;
  }

  void declare_registers(const std::string& s) {  // .reg .f32 %f<10>  or  .reg .b64 %tmp
    const std::size_t dot = s.find('.', 1);
    const std::size_t space = s.find(' ', dot);
    const char width = width_of_bits(s.substr(dot + 1, space - dot - 1));
    for (const std::string& name : split(s.substr(space), ',')) {
      const std::size_t angle = name.find('<');
      const int n = angle == std::string::npos ? 0 : std::stoi(name.substr(angle + 1));
      if (angle == std::string::npos) registers_[name] = {width, room(width)};
      for (int k = 0; k < n; ++k)
        registers_[name.substr(0, angle) + std::to_string(k)] = {width, room(width)};
    }
  }

  Register register_of(const std::string& name) const {
    const auto at = registers_.find(name);
    if (at == registers_.end()) throw Error("no register " + name);
    return at->second;
  }

  Register special_register(const std::string& name) {
    for (const auto& [known, offset] : program_.special)
      if (known == name) return {'w', offset};
    program_.special.emplace_back(name, room('w'));
    return {'w', program_.special.back().second};
  }

  std::uint64_t number(const std::string& s) const {
    if (const auto symbol = symbols_.find(s); symbol != symbols_.end()) return symbol->second;
    if (dynamic_shared_.contains(s)) return kSharedBase + rounded_up(program_.static_shared_bytes, 16);
    const bool of_bits =
        s.size() > 2 && s[0] == '0' && (std::string_view("fFdD").find(s[1]) != std::string_view::npos);
    if (of_bits) return std::stoull(s.substr(2), nullptr, 16);
    if (s[0] == '-') return static_cast<std::uint64_t>(std::stoll(s, nullptr, 0));
    if (std::isdigit(static_cast<unsigned char>(s[0])) != 0) return std::stoull(s, nullptr, 0);
    throw Error("operand " + s);
  }

  /// A register, special register, symbol or number; the last two are placed in registers of `width`.
  Register value(const std::string& s, char width) {
    static const std::set<std::string> kSpecial = {
        "%tid.x",   "%tid.y",       "%tid.z",       "%ntid.x",      "%ntid.y",      "%ntid.z",
        "%ctaid.x", "%ctaid.y",     "%ctaid.z",     "%nctaid.x",    "%nctaid.y",    "%nctaid.z",
        "%laneid",  "%lanemask_eq", "%lanemask_le", "%lanemask_lt", "%lanemask_ge", "%lanemask_gt"};
    if (s == "_") return {width, room(width)};
    if (kSpecial.contains(s)) return special_register(s);
    // Those of assembler statements in the sources may have names without '%'.
    if (s[0] == '%' || registers_.count(s) > 0) return register_of(s);
    const std::uint64_t bits = number(s);
    auto [at, fresh] = constants_.try_emplace({width, bits});
    if (fresh) {
      at->second = {width, room(width)};
      program_.constants.push_back({at->second, bits});
    }
    return at->second;
  }

  static void add(Instruction& in, const Register& r) {
    if (in.operands >= Instruction::kMostOperands) throw Error("too many operands");
    in.operand[in.operands++] = r;
  }

  void add_address(Instruction& in, const std::string& s) {  // [%rd1+8], [symbol+8], [symbol]
    if (s.front() != '[' || s.back() != ']') throw Error("address " + s);
    const std::string inside = trimmed(std::string_view(s).substr(1, s.size() - 2));
    const std::size_t plus = inside.find('+');
    if (plus != std::string::npos) in.number = std::stoll(inside.substr(plus + 1));
    add(in, value(trimmed(std::string_view(inside).substr(0, plus)), 'd'));
  }

  void set_members(Instruction& in, const std::string& s) {
    if (s[0] == '%')
      in.members_register = static_cast<std::int32_t>(register_of(s).offset);
    else
      in.members = static_cast<std::uint32_t>(number(s));
  }

  void read_statement(const std::string& statement, std::int32_t line) {
    if (statement.rfind(".reg ", 0) == 0) return declare_registers(statement);
    if (statement.rfind(".shared ", 0) == 0) return declare_shared(statement);
    if (statement.rfind(".local ", 0) == 0 || statement.rfind(".param ", 0) == 0)
      return declare_local(statement);
    if (statement[0] == '.') {
      if (statement.rfind(".pragma", 0) == 0 || statement.rfind(".loc", 0) == 0) return;
      throw Error("line " + std::to_string(line) + ": " + statement);
    }
    Instruction in;
    in.line = line;
    try {
      std::string s = statement;
      if (s[0] == '@') {
        const std::size_t end = s.find(' ');
        in.guarded = true;
        in.guard_negated = s[1] == '!';
        const std::size_t begin = in.guard_negated ? 2 : 1;
        in.guard = register_of(s.substr(begin, end - begin)).offset;
        s = trimmed(s.substr(end));
      }
      const std::size_t end = std::min(s.find(' '), s.size());
      const std::string opcode = s.substr(0, end);
      const std::vector<std::string> operands = split(s.substr(end), ',');
      if (opcode == "call" || opcode == "call.uni") {
        if (in.guarded) throw Error("a guarded call");
        return read_call(operands);
      }
      decode(in, opcode, operands);
    } catch (const std::exception& error) {
      throw Error(program_.name + ", line " + std::to_string(line) + ": " + statement + ": " + error.what());
    }
    put(in, statement);
  }

  /// Inlines a call: it gets registers and labels of its own, its parameters are those of the call, and it
  /// returns by a branch. ".param .b64 p; st.param.b64 [p], %rd1; call f, (p);"
  void read_call(std::vector<std::string> operands) {
    const auto names = [](const std::string& list) { return split(list.substr(1, list.size() - 2), ','); };
    std::vector<std::string> arguments;
    if (operands.at(0)[0] == '(') {
      arguments = names(operands[0]);
      operands.erase(operands.begin());
    }
    if (operands.size() > 1)
      for (const std::string& name : names(operands[1])) arguments.push_back(name);
    const Definition function = definition(".func ", operands.at(0));
    if (arguments.size() != function.parameters.size()) throw Error("number of arguments");
    std::map<std::string, std::uint64_t> symbols;
    for (std::size_t i = 0; i < arguments.size(); ++i)
      symbols[Variable(function.parameters[i]).name] = symbols_.at(arguments[i]);

    std::unordered_map<std::string, Register> registers;
    std::string call = "call " + std::to_string(++calls_) + " ";
    std::swap(symbols, symbols_);
    std::swap(registers, registers_);
    std::swap(call, call_);
    read_body(function.body);
    labels_[call_ + "end"] = static_cast<std::int32_t>(program_.code.size());
    std::swap(symbols, symbols_);
    std::swap(registers, registers_);
    std::swap(call, call_);
  }

  void put(Instruction in, const std::string& text) {
    in.index = static_cast<std::int32_t>(program_.code.size());
    program_.code.push_back(in);
    program_.text.push_back(text);
  }

  void decode(Instruction& in, const std::string& opcode, const std::vector<std::string>& operands) {
    const std::vector<std::string> parts = split(opcode, '.');
    const std::string& kind = parts[0];
    const auto begins = [&](const char* with) { return opcode.rfind(with, 0) == 0; };
    if (kind == "bra") {
      in.flow = Flow::branch;
      branches_.emplace_back(program_.code.size(), call_ + operands.at(0));
    } else if (kind == "ret" && !call_.empty()) {
      in.flow = Flow::branch;
      branches_.emplace_back(program_.code.size(), call_ + "end");
    } else if (kind == "ret" || kind == "exit") {
      in.flow = Flow::exit;
    } else if (opcode == "bar.sync" || opcode == "barrier.sync" || opcode == "barrier.sync.aligned") {
      if (operands.size() != 1 || operands[0] != "0") throw Error("expected barrier 0 of the whole block");
      in.flow = Flow::barrier;
    } else if (opcode == "bar.warp.sync") {
      in.flow = Flow::together;
      set_members(in, operands.at(0));
      in.run = handler_of("warp_sync");
    } else if (kind == "trap") {
      in.run = handler_of("trap");
    } else if (kind == "membar" || kind == "fence" || kind == "nanosleep") {
      in.run = handler_of("nothing");
    } else if (kind == "ld" || kind == "st" || kind == "atom" || kind == "red") {
      decode_access(in, parts, operands);
    } else if (begins("prefetch.global.")) {
      in.space = Space::global;
      in.strong = in.past_l1 = true;  // a prefetch does not use what it reads
      add_address(in, operands.at(0));
      in.run = handler_of("prefetch");
    } else if (begins("cp.async.")) {
      decode_copy(in, opcode, operands);
    } else if (begins("ldmatrix.sync.aligned.m8n8.x4.")) {
      if (parts.back() != "b16" || parts[parts.size() - 2] != "shared") throw Error("form of ldmatrix");
      in.flow = Flow::aligned;
      in.space = Space::shared;
      add_registers(in, operands.at(0), 4);
      add_address(in, operands.at(1));
      in.run = handler_of(parts[5] == "trans" ? "ldmatrix.trans" : "ldmatrix");
    } else if (opcode == "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32") {
      in.flow = Flow::aligned;
      for (const auto& [i, n] : {std::pair{0U, 4U}, {1U, 4U}, {2U, 2U}, {3U, 4U}})
        add_registers(in, operands.at(i), n);
      in.run = handler_of("mma");
    } else if (begins("shfl.sync.")) {
      in.flow = Flow::together;
      const std::vector<std::string> to = split(operands.at(0), '|');
      add(in, register_of(to[0]));
      add(in, to.size() > 1 ? register_of(to[1]) : Register{'p', room('p')});
      for (const std::size_t i : {1U, 2U, 3U}) add(in, value(operands.at(i), 'w'));
      set_members(in, operands.at(4));
      in.run = handler_of("shfl." + parts.at(2));
    } else if (begins("vote.sync.")) {
      in.flow = Flow::together;
      add(in, register_of(operands.at(0)));
      add(in, register_of(operands.at(1)));
      set_members(in, operands.at(2));
      in.run = handler_of("vote." + parts.at(2));
    } else if (kind == "cvta") {
      if (parts.back() != "u64") throw Error("expected addresses of 64 bits");
      add(in, register_of(operands.at(0)));
      add(in, value(operands.at(1), 'd'));
      in.run = handler_of(opcode.substr(0, opcode.rfind('.')));
    } else if (kind == "mov" && (operands.at(0)[0] == '{' || operands.at(1)[0] == '{')) {
      const bool pack = operands[1][0] == '{';
      const std::string bits = parts.at(1).substr(1);
      if (pack) add(in, register_of(operands[0]));
      const std::vector<std::string> halves = elements_of(operands[pack ? 1 : 0]);
      if (halves.size() != 2) throw Error("expected two halves");
      for (const std::string& half : halves) add(in, value(half, bits == "64" ? 'w' : 'h'));
      if (!pack) add(in, register_of(operands[1]));
      in.run = handler_of((pack ? "pack" : "unpack") + bits);
    } else {
      decode_arithmetic(in, opcode, operands);
    }
  }

  void add_registers(Instruction& in, const std::string& vector, std::size_t count) const {
    const std::vector<std::string> names = elements_of(vector);
    if (names.size() != count) throw Error("expected " + std::to_string(count) + " registers");
    for (const std::string& name : names) add(in, register_of(name));
  }

  void decode_copy(Instruction& in, const std::string& opcode, const std::vector<std::string>& operands) {
    if (opcode == "cp.async.cg.shared.global") {
      if (operands.size() != 3 || operands[2] != "16") throw Error("expected copies of 16 bytes");
      add_address(in, operands[0]);
      add(in, register_of(trimmed(std::string_view(operands[1]).substr(1, operands[1].size() - 2))));
      in.bytes = 16;
      in.past_l1 = true;
      in.run = handler_of("cp.async");
    } else if (opcode == "cp.async.commit_group") {
      in.run = handler_of("commit_group");
    } else if (opcode == "cp.async.wait_group") {
      in.number = std::stoi(operands.at(0));
      in.run = handler_of("wait_group");
    } else {
      throw Error("unknown opcode");
    }
  }

  void decode_arithmetic(Instruction& in, const std::string& opcode,
                         const std::vector<std::string>& operands) {
    const auto known = arithmetic().find(opcode);
    if (known == arithmetic().end()) throw Error("unknown opcode");
    const Operation& operation = known->second;
    if (operands.size() != operation.widths.size()) throw Error("number of operands");
    for (std::size_t i = 0; i < operands.size(); ++i) {
      Register r = value(operands[i], operation.widths[i]);
      if (i == 1 && opcode.rfind("cvt.", 0) == 0 && r.width == 'd' && operation.widths[i] == 'w')
        r = lower_half(in, r);
      if (r.width != operation.widths[i]) throw Error("width of " + operands[i]);
      add(in, r);
    }
    in.run = operation.run;
  }

  /// A conversion may name a register wider than its type and then uses the lower half ("Operand Size
  /// Exceeding Instruction-Type Size"): adds a separate instruction for this.
  Register lower_half(const Instruction& in, const Register& wide) {
    const Register half{'w', room('w')};
    Instruction cut = in;
    cut.operands = 0;
    add(cut, half);
    add(cut, wide);
    cut.run = arithmetic().at("cvt.u32.u64").run;
    put(cut, "(lower half)");
    return half;
  }

  void decode_access(Instruction& in, const std::vector<std::string>& parts,
                     const std::vector<std::string>& operands) {
    static const std::set<std::string> kOperations = {"add", "cas"};
    static const std::set<std::string> kStrong = {"relaxed", "acquire", "release", "volatile"};
    static const std::set<std::string> kNoMatter = {"gpu", "noftz", "ca"};
    const std::string& kind = parts[0];
    const std::string& type = parts.back();
    const bool changes = kind == "atom" || kind == "red";
    in.strong = in.past_l1 = changes;
    std::string operation;
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
      const std::string& p = parts[i];
      if (p == "global")
        in.space = Space::global;
      else if (p == "shared")
        in.space = Space::shared;
      else if (p == "param" || p == "local")
        in.space = p == "param" ? Space::parameter : Space::local;
      else if (p == "v2")
        in.elements = 2;
      else if (p == "v4")
        in.elements = 4;
      else if (p == "cg")
        in.past_l1 = true;
      else if (kStrong.contains(p))
        in.strong = in.past_l1 = true;
      else if (kOperations.contains(p))
        operation = p;
      else if (!kNoMatter.contains(p))
        throw Error("unknown: ." + p);
    }
    in.is_signed = type[0] == 's';
    in.bytes = static_cast<std::uint8_t>(bytes_of_type(type));
    const char width = in.bytes == 8 ? 'd' : in.bytes == 4 ? 'w' : 'h';
    const bool to_register = kind == "ld" || kind == "atom";
    if (to_register)
      for (const std::string& e : elements_of(operands.at(0)))
        add(in, e == "_" ? value(e, width) : register_of(e));
    for (std::size_t i = to_register ? 2 : 1; i < operands.size(); ++i)
      for (const std::string& e : elements_of(operands[i])) add(in, value(e, width));
    add_address(in, operands.at(to_register ? 1 : 0));
    const std::size_t expected = kind == "atom" ? operands.size() : in.elements + 1U;
    if (in.operands != expected) throw Error("number of registers");
    in.run = handler_of(changes ? kind + "." + operation + "." + type : kind);
  }

  std::string text_;
  Program program_;
  std::map<std::string, std::uint64_t> symbols_;
  std::set<std::string> dynamic_shared_;
  std::unordered_map<std::string, Register> registers_;
  std::unordered_map<std::string, std::int32_t> labels_;
  std::string call_;  // prefix of labels within a function
  int calls_ = 0;
  std::vector<std::pair<std::size_t, std::string>> branches_;
  std::map<std::pair<char, std::uint64_t>, Register> constants_;
};

}  // namespace

Program load_program(const std::string& module, const std::string& name) {
  return Loader(module, name).take();
}

}  // namespace warp2vec::ptx
