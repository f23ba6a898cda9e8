#include "sw/yaml/parser.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

namespace accelsim {
namespace {

/// Builds the tree from yaml-cpp's events: its own nodes lose duplicate keys and the difference
/// between 8 and "8".
class TreeBuilder : public YAML::EventHandler {
  public:
    TreeBuilder(std::shared_ptr<const YamlSource> source, std::vector<Fault>& faults)
        : source_(std::move(source)), faults_(faults) {}

    YamlNode take_root() { return std::move(root_); }
    int documents() const { return documents_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) fault(mark, "must be a single YAML document", "another one here");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        place(start(YamlNode::Kind::kNull, mark, "", anchor));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        fault(mark, "YAML aliases are not supported: write the value out", "");
        place(start(YamlNode::Kind::kNull, mark, "", YAML::NullAnchor));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node = start(YamlNode::Kind::kScalar, mark, tag, anchor);
        node.scalar = value;
        node.quoted = tag == "!";
        place(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open_.push_back({start(YamlNode::Kind::kList, mark, tag, anchor), std::nullopt});
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open_.push_back({start(YamlNode::Kind::kMap, mark, tag, anchor), std::nullopt});
    }
    void OnMapEnd() override { close(); }

  private:
    /// A list or map whose end is still to come, and the map's key whose value is.
    struct Open {
        YamlNode node;
        std::optional<YamlNode::Entry> pending;
    };

    void fault(const YAML::Mark& mark, std::string rule, std::string got) {
        YamlNode node;
        node.source = source_;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        faults_.push_back({node.where(), "", std::move(rule), std::move(got)});
    }

    YamlNode start(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
                   YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) fault(mark, "YAML anchors are not supported", "");
        if (!tag.empty() && tag != "?" && tag != "!") {
            fault(mark, "YAML tags are not supported", tag);
        }
        YamlNode node;
        node.kind = kind;
        node.source = source_;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    void close() {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        place(std::move(node));
    }

    void place(YamlNode node) {
        if (open_.empty()) {
            if (documents_ == 1) root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.is_list()) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.pending) {
            open_key(parent, node);
        } else {
            parent.pending->value = std::move(node);
            close_entry(parent);
        }
    }

    void open_key(Open& parent, const YamlNode& key) {
        if (!key.is_scalar()) {
            faults_.push_back({key.where(), "", "a key must be a plain word", key.to_string()});
        } else if (key.scalar == "<<" && !key.quoted) {
            faults_.push_back({key.where(), "<<", "YAML merge keys are not supported", ""});
        }
        parent.pending = YamlNode::Entry{key.scalar, {}, source_, key.line, key.column};
    }

    void close_entry(Open& parent) {
        if (const YamlNode::Entry* first = parent.node.find(parent.pending->key)) {
            faults_.push_back({parent.pending->where(), path(),
                               "given twice (first at line " + std::to_string(first->line) + ")",
                               parent.pending->value.to_string()});
        } else {
            parent.node.entries.push_back(std::move(*parent.pending));
        }
        parent.pending.reset();
    }

    /// Of the key whose value is being read: `network.gemm.m`, `layers[2].kernel`.
    std::string path() const {
        std::string text;
        for (const Open& open : open_) {
            if (open.pending) {
                text += (text.empty() ? "" : ".") + open.pending->key;
            } else if (open.node.is_list()) {
                text += "[" + std::to_string(open.node.items.size()) + "]";
            }
        }
        return text;
    }

    std::shared_ptr<const YamlSource> source_;
    std::vector<Fault>& faults_;
    std::vector<Open> open_;
    YamlNode root_;
    int documents_ = 0;
};

YamlNode parse(std::istream& input, std::shared_ptr<const YamlSource> source,
               std::vector<Fault>& faults) {
    TreeBuilder builder(source, faults);
    try {
        YAML::Parser parser(input);
        // Not to the end: after some faults yaml-cpp finds empty documents without end.
        while (builder.documents() < 2 && parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        YamlNode at;
        at.source = source;
        at.line = error.mark.line + 1;
        at.column = error.mark.column + 1;
        faults.push_back({at.where(), "", "YAML syntax: " + error.msg, ""});
    }
    YamlNode root = builder.take_root();
    if (!root.source) {
        root.source = std::move(source);
        root.line = root.column = 1;
    }
    return root;
}

}  // namespace

YamlNode parse_yaml_file(const std::string& path, const std::string& shown_name,
                         std::vector<Fault>& faults) {
    auto source = std::make_shared<YamlSource>();
    source->name = shown_name;
    source->directory = std::filesystem::path(path).parent_path().string();
    std::ifstream file(path, std::ios::binary);
    std::error_code ignored;
    if (!file || std::filesystem::is_directory(path, ignored)) {
        Fault unreadable;
        unreadable.where.file = shown_name;
        unreadable.rule = "file cannot be read";
        faults.push_back(std::move(unreadable));
        return {};
    }
    return parse(file, std::move(source), faults);
}

YamlNode parse_yaml_text(const std::string& text, const YamlSource& source,
                         std::vector<Fault>& faults) {
    std::istringstream input(text);
    return parse(input, std::make_shared<YamlSource>(source), faults);
}

}  // namespace accelsim
